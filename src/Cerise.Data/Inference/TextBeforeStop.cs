namespace Cerise.Data.Inference;

/// <summary>Passes on streamed text up to the first of some stop strings, holding back what may be the beginning of one.</summary>
/// <param name="stops">The texts that end the stream and are not passed on; none empty. With none, everything is passed on.</param>
public sealed class TextBeforeStop(IReadOnlyList<string> stops)
{
    private string _held = "";

    /// <summary>The stop string that ended the stream; null while it goes on.</summary>
    public string? Found { get; private set; }

    /// <summary>Adds text, and returns what is certain to stand before a stop string.</summary>
    public string Append(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (Found is not null)
            return "";
        if (stops.Count == 0)
            return text;
        string all = _held + text;
        if (First(all) is var (at, stop))
        {
            (Found, _held) = (stop, "");
            return all[..at];
        }
        int keep = 0;
        foreach (string candidate in stops)
            keep = Math.Max(keep, Beginning(all, candidate));
        _held = all[^keep..];
        return all[..^keep];
    }

    /// <summary>Returns what was held back, at the end of the stream.</summary>
    public string Flush()
    {
        string rest = _held;
        _held = "";
        return rest;
    }

    // The stop string that ends first; of those that end together the longest, which began first.
    private (int At, string Stop)? First(string all)
    {
        (int At, string Stop)? first = null;
        foreach (string stop in stops)
        {
            int at = all.IndexOf(stop, StringComparison.Ordinal);
            if (at >= 0 && (first is not var (other, found) || at + stop.Length < other + found.Length || (at + stop.Length == other + found.Length && at < other)))
                first = (at, stop);
        }
        return first;
    }

    // How much of the text's end may be the beginning of a stop string.
    private static int Beginning(string all, string stop)
    {
        int keep = Math.Min(stop.Length - 1, all.Length);
        while (!stop.AsSpan().StartsWith(all.AsSpan(all.Length - keep), StringComparison.Ordinal))
            keep--;
        return keep;
    }
}
