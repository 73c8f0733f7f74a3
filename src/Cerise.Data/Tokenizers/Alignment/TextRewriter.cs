using System.Runtime.InteropServices;
using System.Text;

namespace Cerise.Data.Tokenizers.Alignment;

/// <summary>Writes a changed text beside the one it is made from, and keeps track of where each unit comes from where that is asked for.</summary>
internal sealed class TextRewriter
{
    private readonly TrackedText _source;
    private readonly StringBuilder _text;
    private readonly List<(int First, int Last)>? _units;                   // of the source, for each unit of the text
    private int _cursor;

    public TextRewriter(TrackedText source)
    {
        _source = source;
        _text = new StringBuilder(source.Text.Length + 8);
        _units = source.Origins is null ? null : new List<(int First, int Last)>(source.Text.Length + 8);
    }

    /// <summary>Appends a range of the source as it is.</summary>
    public void Copy(int start, int end)
    {
        _text.Append(_source.Text, start, end - start);
        for (int i = start; _units is not null && i < end; i++)
            _units.Add((i, i));
    }

    /// <summary>Appends text that comes from where a unit of the source comes from; -1 is the place before the first.</summary>
    public void Append(ReadOnlySpan<char> text, int unit) => Append(text, unit, unit);

    /// <summary>Appends text that takes the place of several units of the source, the last one included.</summary>
    public void Append(ReadOnlySpan<char> text, int first, int last)
    {
        _text.Append(text);
        for (int i = 0; _units is not null && i < text.Length; i++)
            _units.Add((first, last));
    }

    /// <summary>Appends a character in place of the next one of the source (0), in its place and of so many after it (negative), or as an addition (positive).</summary>
    public void Transform(Rune character, int change)
    {
        Span<char> units = stackalloc char[2];
        int first = change > 0 ? _cursor - 1 : Math.Min(_cursor, _source.Text.Length - 1);
        if (change <= 0)
            Skip(1 - change);
        Append(units[..character.EncodeToUtf16(units)], first, change > 0 ? first : _cursor - 1);
    }

    /// <summary>Passes over so many characters of the source.</summary>
    public void Skip(int characters)
    {
        for (; characters > 0 && _cursor < _source.Text.Length; characters--)
            _cursor += char.IsHighSurrogate(_source.Text[_cursor]) && _cursor + 1 < _source.Text.Length ? 2 : 1;
    }

    /// <summary>The text as written.</summary>
    public TrackedText Finish() => new(_text.ToString(), _units is null ? null : _source.Origins!.Select(CollectionsMarshal.AsSpan(_units)));
}
