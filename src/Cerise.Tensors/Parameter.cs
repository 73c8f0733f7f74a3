namespace Cerise.Tensors;

/// <summary>How a weight lies in memory.</summary>
public enum ParameterLayout
{
    /// <summary>As in a file: row after row. For norms, biases and vectors.</summary>
    Plain,

    /// <summary>Panels of 64 output rows, each panel [in, 64]: what matrix products read in both directions. The last panel is padded with zeros.</summary>
    Panels,
}

/// <summary>A trained weight [out, in] (or a vector [out]) with its gradient, on a device.</summary>
/// <remarks>Gradient and optimizer state have the weight's own layout, so element-wise updates need not know it; files are written and read row by row.</remarks>
public sealed class Parameter : IDisposable
{
    private const int PanelWidth = 64;

    private Storage? _gradient;
    private LookupGradient? _lookups;
    private bool _gradientIsZero;

    /// <summary>A weight of zeros.</summary>
    public Parameter(Device device, string name, Shape shape, ParameterLayout layout)
    {
        ArgumentNullException.ThrowIfNull(device);
        Name = name;
        Shape = shape;
        Layout = layout;
        Value = device.Allocate(PaddedLength);
        device.Fill(Value, 0, PaddedLength, 0);
    }

    /// <summary>The tensor's name in a checkpoint.</summary>
    public string Name { get; }

    /// <summary>[out, in], or [out] for a vector.</summary>
    public Shape Shape { get; }

    /// <summary>How <see cref="Value"/> and <see cref="Gradient"/> lie in memory.</summary>
    public ParameterLayout Layout { get; }

    /// <summary>The weight's memory.</summary>
    public Storage Value { get; }

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

    /// <summary>Whether a backward pass computes this weight's gradient.</summary>
    public bool Trainable => _gradient is not null;

    /// <summary>Numbers in memory, padding included.</summary>
    public long PaddedLength => Layout == ParameterLayout.Plain ? Shape.Length : (long)((Shape.Rows + PanelWidth - 1) / PanelWidth) * PanelWidth * Shape.Columns;

    /// <summary>Makes the weight trainable: gives it a gradient of zeros.</summary>
    public void RequireGradient()
    {
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

    /// <summary>Sets rows [firstRow, firstRow + k) from row-major numbers.</summary>
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

    /// <summary>Copies another weight of the same shape and layout.</summary>
    public void CopyFrom(Parameter other)
    {
        ArgumentNullException.ThrowIfNull(other);
        ShapeException.Require(other.Shape == Shape && other.Layout == Layout, "CopyFrom", $"'{other.Name}' is {other.Shape}, '{Name}' is {Shape}");
        Value.Device.Copy(other.Value, 0, Value, 0, PaddedLength);
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
