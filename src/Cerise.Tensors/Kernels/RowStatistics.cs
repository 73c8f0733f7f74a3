namespace Cerise.Tensors.Kernels;

/// <summary>Statistics of softmax over one row of logits.</summary>
/// <param name="Max">The largest z, with z the logits over the temperature.</param>
/// <param name="LogSum">ln of the sum of e^(z - Max).</param>
/// <param name="Entropy">- sum p ln p, in nats; NaN where it was not asked for.</param>
internal readonly record struct RowStatistics(float Max, float LogSum, float Entropy);
