namespace Cerise.Tensors;

/// <summary>A trained change, of low rank, of a weight that stays as it is: products read W + s B A in its place (LoRA, Hu et al. 2021, arXiv:2106.09685).</summary>
/// <remarks>
/// <para>Set as a weight's <see cref="Parameter.Adapter"/> (or a table's <see cref="Parameter.LookupAdapter"/>) it takes part in every op with that weight:
/// y = x W^T + s (x A^T) B^T, in this order in training, scoring and sampling alike, so that all three give the same bits.</para>
/// <para>With a magnitude (DoRA, Liu et al. 2024, arXiv:2402.09353) each output is scaled to it: W' = m (W + s B A) / |W + s B A|, with the norm of each output's weights taken
/// as a constant by the gradient, as in the paper's section 4.3.</para>
/// <para>A is held as its transpose: then both factors have as many rows as the weight is wide and lie in panels without padding.</para>
/// </remarks>
public sealed class LowRankAdapter : IDisposable
{
    private Storage? _norms;
    private Storage? _factors;
    private (long Weight, long Down, long Up, long Magnitude) _versions = (-1, -1, -1, -1);

    /// <param name="down">A^T, [in, rank], in panels; of a table that is looked up [vocab, rank].</param>
    /// <param name="up">B, [out, rank], in panels.</param>
    /// <param name="scale">s: alpha / rank, or alpha / sqrt(rank).</param>
    /// <param name="magnitude">m of DoRA, [out]; null for LoRA.</param>
    /// <exception cref="ShapeException">Ranks differ, the magnitude has another length, or a factor is not in panels.</exception>
    public LowRankAdapter(Parameter down, Parameter up, float scale, Parameter? magnitude = null)
    {
        ArgumentNullException.ThrowIfNull(down);
        ArgumentNullException.ThrowIfNull(up);
        ShapeException.Require(down.Shape.Columns == up.Shape.Columns, "LowRankAdapter", $"'{down.Name}' is {down.Shape}, '{up.Name}' is {up.Shape}: their ranks differ");
        ShapeException.Require(
            magnitude is null || magnitude.Shape.Length == up.Shape.Rows, "LowRankAdapter", $"the magnitude '{magnitude?.Name}' is {magnitude?.Shape}, '{up.Name}' {up.Shape} has {up.Shape.Rows} outputs");
        down.RequirePanels("LowRankAdapter", "a product");
        up.RequirePanels("LowRankAdapter", "a product");
        (Down, Up, Scale, Magnitude) = (down, up, scale, magnitude);
    }

    /// <summary>A^T, [in, rank].</summary>
    public Parameter Down { get; }

    /// <summary>B, [out, rank].</summary>
    public Parameter Up { get; }

    /// <summary>s.</summary>
    public float Scale { get; }

    /// <summary>DoRA's m, [out]; null for LoRA.</summary>
    public Parameter? Magnitude { get; }

    /// <summary>Numbers between the two factors.</summary>
    public int Rank => Up.Shape.Columns;

    /// <summary>Which inputs of A are set to zero while training; null (default) for none.</summary>
    public AdapterDropout? Dropout { get; set; }

    /// <summary>DoRA's |W + s B A| of each output, [out], of the weights as they are now.</summary>
    /// <remarks>Computed anew after a weight has changed, so once an optimizer step and not once a token.</remarks>
    public Storage Norms(Parameter weight)
    {
        Refresh(weight);
        return _norms!;
    }

    /// <summary>What DoRA multiplies each output by, [out]: m / |W + s B A|, of the weights as they are now.</summary>
    public Storage Factors(Parameter weight)
    {
        Refresh(weight);
        return _factors!;
    }

    /// <summary>Sets the magnitude to |W + s B A|, with which DoRA begins: its outputs are then those of LoRA, bit for bit.</summary>
    /// <exception cref="InvalidOperationException">There is no magnitude.</exception>
    public void ResetMagnitude(Parameter weight)
    {
        if (Magnitude is null)
            throw new InvalidOperationException($"'{Up.Name}' has no magnitude to set: it is LoRA, not DoRA");
        Device device = Magnitude.Value.Device;
        device.Copy(Norms(weight), 0, Magnitude.Value, 0, Magnitude.Shape.Length);
        Magnitude.ValueHasChanged();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Down.Dispose();
        Up.Dispose();
        Magnitude?.Dispose();
        _norms?.Dispose();
        _factors?.Dispose();
    }

    private void Refresh(Parameter weight)
    {
        ArgumentNullException.ThrowIfNull(weight);
        (long, long, long, long) versions = (weight.Version, Down.Version, Up.Version, Magnitude?.Version ?? 0);
        if (_versions == versions)
            return;
        Device device = weight.Value.Device;
        _norms ??= device.Allocate(weight.Shape.Rows);
        _factors ??= device.Allocate(weight.Shape.Rows);
        device.AdaptedNorms(weight, this, _norms, _factors);
        _versions = versions;
    }
}
