namespace Cerise.Tensors;

/// <summary>The numbers of one AdamW update.</summary>
/// <param name="LearningRate">Step size.</param>
/// <param name="Beta1">Decay of the first moment.</param>
/// <param name="Beta2">Decay of the second moment.</param>
/// <param name="Epsilon">Added to the root of the second moment.</param>
/// <param name="WeightDecay">Decoupled decay, as a share of the learning rate.</param>
/// <param name="GradScale">Factor on the gradient: the clipping factor.</param>
/// <param name="Step">Number of this update, from 1.</param>
public readonly record struct AdamWStep(float LearningRate, float Beta1, float Beta2, float Epsilon, float WeightDecay, float GradScale, long Step)
{
    /// <summary>1 - beta1^step.</summary>
    public float Correction1 => (float)(1 - Math.Pow(Beta1, Step));

    /// <summary>1 - beta2^step.</summary>
    public float Correction2 => (float)(1 - Math.Pow(Beta2, Step));
}
