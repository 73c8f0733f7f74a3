namespace Cerise.Data.Tokenizers.Decoders;

/// <summary>Streams the text of any tokenizer: decodes the ids not yet given out together with those before them, and gives out the difference.</summary>
/// <param name="decode">The text of a list of ids.</param>
/// <param name="counts">Whether an id is decoded at all.</param>
internal sealed class WindowTextStream(Func<List<int>, string> decode, Func<int, bool> counts) : TextStream
{
    /// <summary>A character has at most 4 bytes, so more pending ids than this cannot be waiting for one.</summary>
    private const int LongestWait = 8;

    private readonly Func<List<int>, string> _decode = decode;
    private readonly Func<int, bool> _counts = counts;
    private readonly List<int> _given = [];                                 // ids last given out: context for what follows
    private readonly List<int> _pending = [];

    public override string Append(int id)
    {
        if (!_counts(id))
            return "";
        _pending.Add(id);
        string text = PendingText();
        if ((text.Length == 0 || text[^1] == '\uFFFD') && _pending.Count <= LongestWait)
            return "";
        Give(text.Length == 0 ? 1 : _pending.Count);                        // of many ids without text the last is context enough
        return text;
    }

    public override string Flush()
    {
        string text = _pending.Count == 0 ? "" : PendingText();
        _given.Clear();
        _pending.Clear();
        return text;
    }

    private void Give(int last)
    {
        _given.Clear();
        _given.AddRange(_pending[^last..]);
        _pending.Clear();
    }

    private string PendingText()
    {
        string before = _decode(_given), all = _decode([.. _given, .. _pending]);
        return all.StartsWith(before, StringComparison.Ordinal) ? all[before.Length..] : _decode(_pending);
    }
}
