using System.Runtime.InteropServices;
using Cerise.Data;

namespace Cerise.Training.Rollouts;

/// <summary>Ends a completion when its text comes to hold one of the given strings.</summary>
/// <param name="tokenizer">The model's.</param>
/// <param name="stops">The strings; none empty.</param>
public sealed class StopStrings(ITokenizer tokenizer, IReadOnlyList<string> stops)
{
    // A token may be one byte of a character of four, so a string of n characters lies within its last 4n tokens.
    private readonly int _tail = stops.Count == 0 ? 0 : 4 * stops.Max(stop => stop.Length);

    /// <summary>Whether the end of the tokens so far holds a stop string.</summary>
    public bool IsReached(IReadOnlyList<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        List<int> tail = [.. ids.Skip(Math.Max(0, ids.Count - _tail))];
        string text = tokenizer.Decode(CollectionsMarshal.AsSpan(tail));
        return stops.Any(stop => text.Contains(stop, StringComparison.Ordinal));
    }
}
