using Cerise.Data;

namespace Cerise.Training.Rollouts;

/// <summary>Ends a completion when its text holds one of a few strings, such as <c>&lt;/answer&gt;</c>.</summary>
/// <remarks>
/// <see cref="IsReached"/> fits <see cref="Models.Generation.SamplingOptions.StopWhen"/>. The tokens that end the string stay part of the
/// completion, so that the model learns them; a token that goes on beyond the string stays whole. Only completions are looked at, never
/// prompts. Safe for use from many threads at once.
/// </remarks>
public sealed class StopStrings
{
    // Beyond one token a byte: a token that was cut from a longer run at the tail's start, and special tokens without text.
    private const int SpareTokens = 8;

    private readonly ITokenizer _tokenizer;
    private readonly string[] _strings;
    private readonly int _longestBytes;
    private readonly int _longest;

    /// <param name="tokenizer">Turns tokens into text.</param>
    /// <param name="strings">What ends a completion; at least one, none empty.</param>
    /// <exception cref="ArgumentException">No string, or an empty one.</exception>
    public StopStrings(ITokenizer tokenizer, IReadOnlyList<string> strings)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(strings);
        _tokenizer = tokenizer;
        _strings = [.. strings];
        if (_strings.Length == 0 || _strings.Any(string.IsNullOrEmpty))
            throw new ArgumentException(
                "stop strings: give at least one, and none that is empty, as that would end every completion at its first token", nameof(strings));
        _longestBytes = _strings.Max(System.Text.Encoding.UTF8.GetByteCount);
        _longest = _strings.Max(text => text.Length);
    }

    /// <summary>Whether the newest token of a completion completes a stop string. Ask after every token.</summary>
    /// <param name="ids">The completion so far.</param>
    public bool IsReached(IReadOnlyList<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        // A token is at least a byte, so a tail of a token a byte holds any string that ends in the newest one. Where ids have no text, the
        // tail must be longer.
        for (int length = _longestBytes + SpareTokens; ; length *= 2)
        {
            string text = Tail(ids, Math.Min(length, ids.Count));
            if (_strings.Any(stop => text.Contains(stop, StringComparison.Ordinal)))
                return true;
            if (length >= ids.Count || text.Length > _longest + Tail(ids, 1).Length)
                return false;
        }
    }

    private string Tail(IReadOnlyList<int> ids, int count)
    {
        int[] tail = new int[count];
        for (int i = 0; i < count; i++)
            tail[i] = ids[ids.Count - count + i];
        return _tokenizer.Decode(tail);
    }
}
