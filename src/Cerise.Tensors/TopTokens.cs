namespace Cerise.Tensors;

/// <summary>The likeliest tokens at one place, written by a draw; kept from draw to draw.</summary>
/// <remarks>
/// All log-probabilities here are those of the model's own distribution at temperature 1, untruncated and without penalties, in nats: what the OpenAI API tells.
/// At sampling temperature 1 or 0 they have the bits of the recorded ones.
/// </remarks>
/// <param name="count">How many to find, 0 or more; fewer where the vocabulary is smaller.</param>
public sealed class TopTokens(int count)
{
    private readonly int[] _ids = new int[count];
    private readonly float[] _logProbs = new float[count];

    /// <summary>The tokens, likeliest first, the lower id at a tie.</summary>
    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, Found);

    /// <summary>Their log-probabilities.</summary>
    public ReadOnlySpan<float> LogProbs => _logProbs.AsSpan(0, Found);

    /// <summary>Log-probability of the token that was drawn.</summary>
    public float Drawn { get; internal set; }

    /// <summary>Most tokens.</summary>
    internal int Most => count;

    internal int Found { get; set; }

    internal Span<int> AllIds => _ids;

    internal Span<float> AllLogProbs => _logProbs;
}
