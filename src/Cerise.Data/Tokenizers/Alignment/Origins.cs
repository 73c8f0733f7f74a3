namespace Cerise.Data.Tokenizers.Alignment;

/// <summary>For each unit of a changed text, the range of the given text that it comes from. An addition comes from what it is added to, a replacement from all it replaces.</summary>
internal sealed class Origins
{
    private readonly int _base;
    private readonly int[] _starts;
    private readonly int[] _ends;

    private Origins(int from, int[] starts, int[] ends) => (_base, _starts, _ends) = (from, starts, ends);

    /// <summary>For text that has not been changed: each unit of a character comes from the whole character.</summary>
    /// <param name="text">Well-formed UTF-16.</param>
    /// <param name="from">Where it begins in the given text.</param>
    public static Origins Identity(ReadOnlySpan<char> text, int from)
    {
        int[] starts = new int[text.Length], ends = new int[text.Length];
        for (int i = 0; i < text.Length; i++)
        {
            starts[i] = from + (char.IsLowSurrogate(text[i]) ? i - 1 : i);
            ends[i] = from + (char.IsHighSurrogate(text[i]) ? i + 2 : i + 1);
        }
        return new Origins(from, starts, ends);
    }

    /// <summary>For a text whose units each come from where units of this text come from, the last one included; -1 stands for the place before the first.</summary>
    public Origins Select(ReadOnlySpan<(int First, int Last)> units)
    {
        int[] starts = new int[units.Length], ends = new int[units.Length];
        for (int i = 0; i < units.Length; i++)
            (starts[i], ends[i]) = units[i].First < 0 ? (_base, _base) : (_starts[units[i].First], _ends[units[i].Last]);
        return new Origins(_base, starts, ends);
    }

    /// <summary>The range of the given text that a range of this one comes from; an empty range lies where its first unit begins.</summary>
    public (int Start, int End) RangeOf(int start, int end)
    {
        if (start < end)
            return (_starts[start], _ends[end - 1]);
        int at = start < _starts.Length ? _starts[start] : _ends.Length > 0 ? _ends[^1] : _base;
        return (at, at);
    }
}
