namespace Cerise.Cli;

/// <summary>Passes on streamed text up to a stop string, holding back what may be its beginning.</summary>
/// <param name="stop">The text that ends the stream and is not passed on.</param>
internal sealed class TextBeforeStop(string stop)
{
    private string _held = "";
    private bool _stopped;

    /// <summary>Adds text, and returns what is certain to stand before the stop string.</summary>
    public string Append(string text)
    {
        if (_stopped)
            return "";
        string all = _held + text;
        int at = all.IndexOf(stop, StringComparison.Ordinal);
        if (at >= 0)
        {
            (_stopped, _held) = (true, "");
            return all[..at];
        }
        int keep = Math.Min(stop.Length - 1, all.Length);
        while (!stop.StartsWith(all[^keep..], StringComparison.Ordinal))
            keep--;
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
}
