namespace Cerise.Studio.Wire;

/// <summary>Log-probabilities as JSON can say them.</summary>
internal static class LogProbs
{
    /// <summary>What stands for minus infinity, which JSON lacks; OpenAI's own value.</summary>
    private const float Impossible = -9999;

    /// <summary>The number, or the one that stands for it.</summary>
    public static float Finite(float logProb) => float.IsFinite(logProb) ? logProb : Impossible;
}
