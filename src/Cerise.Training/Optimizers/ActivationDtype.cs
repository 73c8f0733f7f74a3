namespace Cerise.Training.Optimizers;

/// <summary>How numbers that the backward pass reads again are kept.</summary>
public enum ActivationDtype
{
    /// <summary>As they are.</summary>
    Float32,

    /// <summary>Rounded to 8 significant bits: half the memory. Log-probabilities keep their bits, gradients move by about half a percent of their norm.</summary>
    Bfloat16,
}
