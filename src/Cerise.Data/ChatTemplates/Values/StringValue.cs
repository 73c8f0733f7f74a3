using Cerise.Data.ChatTemplates.Builtins;
using Cerise.Data.ChatTemplates.Running;
using Cerise.Data.ChatTemplates.Text;

namespace Cerise.Data.ChatTemplates.Values;

/// <summary>A str. Indexes of the language count code points; everything in here counts UTF-16 units.</summary>
/// <param name="text">The characters.</param>
/// <param name="runs">Their origins, covering the whole text; null where there are none.</param>
/// <param name="isMarkup">Whether the text counts as HTML already, as the filters safe and escape say.</param>
internal sealed class StringValue(string text, OriginRun[]? runs = null, bool isMarkup = false) : Value
{
    private readonly bool _hasSurrogates = text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF');

    private int? _length;

    public static StringValue Empty { get; } = new("");

    public string Text { get; } = text;

    public OriginRun[]? Runs { get; } = text.Length == 0 ? null : runs;

    public bool IsMarkup { get; } = isMarkup;

    public override string TypeName => IsMarkup ? "Markup" : "str";

    public override bool IsTrue => Text.Length > 0;

    public override int? Length => _length ??= _hasSurrogates ? CodePoint.Count(Text) : Text.Length;

    /// <summary>A text that is a message's data from end to end.</summary>
    public static StringValue From(string text, int message) =>
        message < 0 || text.Length == 0 ? new StringValue(text) : new StringValue(text, [new OriginRun(text.Length, Origin.Of(message))]);

    /// <summary>The same characters as plain text, or as markup.</summary>
    public StringValue As(bool isMarkup) => isMarkup == IsMarkup ? this : new StringValue(Text, Runs, isMarkup);

    /// <summary>Index of the run that holds a character.</summary>
    public int RunAt(int index)
    {
        int low = 0, high = Runs!.Length - 1;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (Runs[middle].End <= index)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    /// <summary>The origin of a character.</summary>
    public Origin OriginAt(int index) => Runs is null ? Origin.None : Runs[RunAt(index)].Origin;

    /// <summary>Part of the text, in UTF-16 units, with its origins.</summary>
    public StringValue Substring(int start, int length, RenderState state)
    {
        if (length == Text.Length)
            return this;
        if (length == 0)
            return IsMarkup ? new StringValue("", null, true) : Empty;
        if (Runs is null)
        {
            state.ChargeText(length);
            return new StringValue(Text.Substring(start, length), null, IsMarkup);
        }
        var part = new TextBuffer(state);
        part.Append(this, start, length);
        return part.ToValue(IsMarkup);
    }

    /// <summary>UTF-16 index of a code point, counted from the start.</summary>
    public int Offset(int codePoint, RenderState state)
    {
        if (!_hasSurrogates)
            return codePoint;
        state.ChargeText(codePoint);
        return CodePoint.Offset(Text, codePoint);
    }

    /// <summary>Code points before a UTF-16 index.</summary>
    public int CodePointsBefore(int index) => _hasSurrogates ? CodePoint.Count(Text.AsSpan(0, index)) : index;

    public override IEnumerable<Value> TryIterate(RenderState state)
    {
        for (int at = 0, length; at < Text.Length; at += length)
        {
            length = CodePoint.LengthAt(Text, at);
            yield return Substring(at, length, state);
        }
    }

    public override Value? Item(Value key, RenderState state)
    {
        int count = Length!.Value;
        if (key is SliceValue slice)
            return Slice(new SliceBounds(slice, count), state);
        if (!Numbers.TryIndex(key, out int index))
            return null;
        if (index < 0)
            index += count;
        if (index < 0 || index >= count)
            return null;
        int start = Offset(index, state);
        return Substring(start, CodePoint.LengthAt(Text, start), state);
    }

    public override Value? Attribute(string name) => StringMethods.Find(name, this);

    public override void WriteRepr(TextBuffer output)
    {
        if (IsMarkup)
            output.Append("Markup(");
        PythonText.WriteQuoted(this, output);
        if (IsMarkup)
            output.Append(')');
    }

    private StringValue Slice(SliceBounds bounds, RenderState state)
    {
        if (bounds.Count == 0)
            return Empty;
        if (bounds.Step == 1)
        {
            int from = Offset(bounds.Start, state), to = Offset(bounds.Start + bounds.Count, state);
            return Substring(from, to - from, state);
        }
        var picked = new TextBuffer(state);
        int[]? offsets = _hasSurrogates ? CodePoint.Offsets(Text) : null;
        state.ChargeText(offsets?.Length ?? 0);
        for (int i = 0, at = bounds.Start; i < bounds.Count; i++, at += bounds.Step)
        {
            int start = offsets?[at] ?? at;
            picked.Append(this, start, CodePoint.LengthAt(Text, start));
        }
        return picked.ToValue(IsMarkup);
    }
}
