namespace Cerise.Tensors;

/// <summary>How a weight lies in memory.</summary>
public enum ParameterLayout
{
    /// <summary>As in a file: row after row. For norms, biases and vectors.</summary>
    Plain,

    /// <summary>Panels of 64 output rows, each panel [in, 64]: what matrix products read in both directions. The last panel is padded with zeros.</summary>
    /// <remarks>In a 16-bit type the columns of a panel lie in pairs, 0 beside 16, 1 beside 17, so that they are widened without being spread first.</remarks>
    Panels,
}

/// <summary>A trained weight [out, in] (or a vector [out]) with its gradient, on a device.</summary>
/// <remarks>
/// Gradient and optimizer state have the weight's own layout, so element-wise updates need not know it; files are written and read row by row. A weight stored in
/// 16 bits is widened, exactly, where a kernel reads it: it has the same results, bit for bit, as the float32 weight of the same numbers. Gradients go back through it, and it cannot be trained itself.
/// </remarks>
public sealed class Parameter : IDisposable
{
    private const int PanelWidth = 64;
    private const int ConvertedAtOnce = 1 << 20;

    private Storage? _gradient;
    private LookupGradient? _lookups;
    private bool _gradientIsZero;

    /// <summary>A weight of zeros.</summary>
    /// <param name="device">Where it lies.</param>
    /// <param name="name">The tensor's name in a checkpoint.</param>
    /// <param name="shape">[out, in], or [out] for a vector.</param>
    /// <param name="layout">How it lies in memory.</param>
    /// <param name="dtype">What its numbers are rounded to; only float32 (default) can be trained.</param>
    public Parameter(Device device, string name, Shape shape, ParameterLayout layout, DType dtype = DType.Float32)
    {
        ArgumentNullException.ThrowIfNull(device);
        Name = name;
        Shape = shape;
        Layout = layout;
        DType = dtype;
        Value = device.Allocate(PaddedLength, layout == ParameterLayout.Plain ? DType.Float32 : dtype);
        device.Fill(Value, 0, PaddedLength, 0);
    }

    /// <summary>The tensor's name in a checkpoint.</summary>
    public string Name { get; }

    /// <summary>[out, in], or [out] for a vector.</summary>
    public Shape Shape { get; }

    /// <summary>How <see cref="Value"/> and <see cref="Gradient"/> lie in memory.</summary>
    public ParameterLayout Layout { get; }

    /// <summary>The type all numbers of the weight are rounded to when they are set.</summary>
    /// <remarks>Panels are stored in this type; plain weights, which are few numbers, are rounded to it and kept widened.</remarks>
    public DType DType { get; private set; }

    /// <summary>The weight's memory.</summary>
    public Storage Value { get; private set; }

    /// <summary>The gradient's memory, in the weight's layout; null until <see cref="RequireGradient"/>. Read it after the last micro-batch of a step.</summary>
    /// <remarks>Reading it adds what <see cref="Lookups"/> has gathered; between micro-batches that would change the order of the sum.</remarks>
    public Storage? Gradient
    {
        get
        {
            _gradientIsZero = false;
            if (_lookups is { Count: > 0 })
            {
                Value.Device.AddLookups(_lookups, this, _gradient!);
                _lookups.Clear();
            }
            return _gradient;
        }
    }

    /// <summary>For devices: where the backward pass of a product with this weight adds its gradient.</summary>
    public Storage GradientOfProducts
    {
        get
        {
            _gradientIsZero = false;
            return _gradient!;
        }
    }

    /// <summary>For devices: where the backward pass of looking up rows of this weight adds its gradient.</summary>
    public LookupGradient Lookups => _lookups ??= new LookupGradient(this);

    /// <summary>What products with this weight add to it; null (default) for nothing.</summary>
    public LowRankAdapter? Adapter { get; set; }

    /// <summary>What looking up rows of this table adds to them; null (default) for nothing.</summary>
    /// <remarks>Apart from <see cref="Adapter"/>, since a table may be both embedding and head, and be adapted as one of them.</remarks>
    public LowRankAdapter? LookupAdapter { get; set; }

    /// <summary>Rises whenever the weight's numbers change, so that what was computed from them can be told to be out of date.</summary>
    public long Version { get; private set; }

    /// <summary>Whether a backward pass computes this weight's gradient.</summary>
    public bool Trainable => _gradient is not null;

    /// <summary>Numbers in memory, padding included.</summary>
    public long PaddedLength => Layout == ParameterLayout.Plain ? Shape.Length : (long)((Shape.Rows + PanelWidth - 1) / PanelWidth) * PanelWidth * Shape.Columns;

    /// <summary>Makes the weight trainable: gives it a gradient of zeros.</summary>
    /// <exception cref="InvalidOperationException">The weight is stored in 16 bits, in which small updates would be lost.</exception>
    public void RequireGradient()
    {
        if (DType != DType.Float32)
        {
            throw new InvalidOperationException(
                $"'{Name}' is stored as {DType.Name()}, in which small updates are lost: training needs float32 weights. Load the model with dtype float32");
        }
        _gradient ??= Value.Device.Allocate(PaddedLength);
        ZeroGradient();
    }

    /// <summary>Sets the gradient to zero. Free where it is zero already, as after an optimizer's update.</summary>
    public void ZeroGradient()
    {
        _lookups?.Clear();
        if (_gradient is null || _gradientIsZero)
            return;
        Value.Device.Fill(_gradient, 0, PaddedLength, 0);
        _gradientIsZero = true;
    }

    /// <summary>For devices: says that an op has left zeros in the gradient's memory.</summary>
    public void GradientWasZeroed() => _gradientIsZero = true;

    /// <summary>For devices: says that an op has changed the weight's numbers.</summary>
    public void ValueHasChanged() => Version++;

    /// <summary>Sets rows [firstRow, firstRow + k) from row-major numbers, rounded to <see cref="DType"/>, ties to even.</summary>
    /// <exception cref="OverflowException">A finite number is beyond the range of float16.</exception>
    public void SetRows(int firstRow, ReadOnlySpan<float> rowMajor) => Value.Device.SetRows(Value, this, firstRow, rowMajor);

    /// <summary>Copies rows [firstRow, firstRow + k) out, row-major.</summary>
    public void GetRows(int firstRow, Span<float> rowMajor) => Value.Device.GetRows(Value, this, firstRow, rowMajor);

    /// <summary>The whole weight, row-major.</summary>
    public float[] ToArray() => ToArray(Value);

    /// <summary>Memory of this weight's layout (its gradient, an optimizer's state), row-major.</summary>
    public float[] ToArray(Storage storage)
    {
        ArgumentNullException.ThrowIfNull(storage);
        float[] copy = new float[Shape.Length];
        storage.Device.GetRows(storage, this, 0, copy);
        return copy;
    }

    /// <summary>Copies another weight of the same shape and layout, rounded to this one's type.</summary>
    /// <exception cref="OverflowException">A finite number is beyond the range of float16.</exception>
    public void CopyFrom(Parameter other)
    {
        ArgumentNullException.ThrowIfNull(other);
        ShapeException.Require(other.Shape == Shape && other.Layout == Layout, "CopyFrom", $"'{other.Name}' is {other.Shape}, '{Name}' is {Shape}");
        if (other.DType == DType)
        {
            Value.Device.Copy(other.Value, 0, Value, 0, PaddedLength);
            ValueHasChanged();
            return;
        }
        Convert(other, 1);
    }

    /// <summary>Exchanges numbers, type and gradient with another weight of the same shape and layout: ops that hold this one compute with the other's numbers from now on.</summary>
    public void Exchange(Parameter other)
    {
        ArgumentNullException.ThrowIfNull(other);
        ShapeException.Require(other.Shape == Shape && other.Layout == Layout, "Exchange", $"'{other.Name}' is {other.Shape}, '{Name}' is {Shape}");
        (Value, other.Value) = (other.Value, Value);
        (DType, other.DType) = (other.DType, DType);
        (_gradient, other._gradient) = (other._gradient, _gradient);
        (_lookups, other._lookups) = (other._lookups, _lookups);
        (_gradientIsZero, other._gradientIsZero) = (other._gradientIsZero, _gradientIsZero);
        ValueHasChanged();
        other.ValueHasChanged();
    }

    /// <summary>Moves this weight towards another of the same shape and layout: this += amount * (other - this), rounded to this one's type.</summary>
    /// <exception cref="OverflowException">A finite number is beyond the range of float16.</exception>
    public void Blend(Parameter other, float amount)
    {
        ArgumentNullException.ThrowIfNull(other);
        ShapeException.Require(other.Shape == Shape && other.Layout == Layout, "Blend", $"'{other.Name}' is {other.Shape}, '{Name}' is {Shape}");
        if (other.DType == DType.Float32 && DType == DType.Float32)
            Value.Device.Blend(other.Value, Value, PaddedLength, amount);
        else
            Convert(other, amount);
        ValueHasChanged();
    }

    // Between types, through the host and row by row: the types' panels are not laid out alike.
    private void Convert(Parameter other, float amount)
    {
        (int rows, int columns) = (Shape.Rows, Shape.Columns);
        float[] theirs = new float[Math.Clamp(ConvertedAtOnce / columns, 1, rows) * columns];
        float[] mine = new float[theirs.Length];
        for (int row = 0; row < rows; row += theirs.Length / columns)
        {
            int length = Math.Min(theirs.Length, (rows - row) * columns);
            other.GetRows(row, theirs.AsSpan(0, length));
            GetRows(row, mine.AsSpan(0, length));
            for (int i = 0; i < length; i++)
                mine[i] = amount == 1 ? theirs[i] : mine[i] + (amount * (theirs[i] - mine[i]));
            SetRows(row, mine.AsSpan(0, length));
        }
    }

    internal void RequirePanels(string operation, string reader) =>
        ShapeException.Require(
            Layout == ParameterLayout.Panels, operation, $"'{Name}' {Shape} lies row by row, {reader} reads panels: make it with ParameterLayout.Panels");

    /// <inheritdoc/>
    public void Dispose()
    {
        Value.Dispose();
        _gradient?.Dispose();
        _lookups?.Dispose();
    }
}
