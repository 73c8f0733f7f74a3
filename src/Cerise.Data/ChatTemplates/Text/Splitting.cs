using Cerise.Data.ChatTemplates.Running;
using Cerise.Data.ChatTemplates.Values;

namespace Cerise.Data.ChatTemplates.Text;

/// <summary>str.split(), strip() and their like. Every part keeps the origins of its characters.</summary>
internal static class Splitting
{
    /// <summary>str.strip(): without the characters at the ends, white space where none are named.</summary>
    public static StringValue Strip(StringValue value, string? characters, bool left, bool right, RenderState state)
    {
        string text = value.Text;
        HashSet<int>? named = null;
        if (characters is not null)
        {
            named = [];
            for (int at = 0; at < characters.Length; at += CodePoint.LengthAt(characters, at))
                named.Add(CodePoint.At(characters, at));
        }
        int start = 0, end = text.Length;
        while (left && start < end && Goes(CodePoint.At(text, start)))
            start += CodePoint.LengthAt(text, start);
        while (right && end > start)
        {
            int length = end - start > 1 && char.IsSurrogatePair(text[end - 2], text[end - 1]) ? 2 : 1;
            if (!Goes(CodePoint.At(text, end - length)))
                break;
            end -= length;
        }
        state.ChargeText(start + text.Length - end);
        return value.Substring(start, end - start, state);

        bool Goes(int c) => named?.Contains(c) ?? CharacterClasses.IsSpace(c);
    }

    /// <summary>str.split(sep, maxsplit).</summary>
    public static List<Value> Split(StringValue value, StringValue? separator, int limit, RenderState state)
    {
        if (limit < 0)
            limit = int.MaxValue;
        string text = value.Text;
        var parts = new List<Value>();
        if (separator is null)
        {
            int at = SkipSpaces(text, 0);
            for (; at < text.Length && parts.Count < limit; at = SkipSpaces(text, at))
            {
                int end = at;
                while (end < text.Length && !CodePoint.IsSpace(text[end]))
                    end++;
                Add(parts, value, at, end, state);
                at = end;
            }
            if (at < text.Length)
                Add(parts, value, at, text.Length, state);
            return parts;
        }
        RequireSeparator(separator);
        state.ChargeSearch(text.Length, separator.Text.Length);
        int start = 0;
        while (parts.Count < limit && text.IndexOf(separator.Text, start, StringComparison.Ordinal) is var found and >= 0)
        {
            Add(parts, value, start, found, state);
            start = found + separator.Text.Length;
        }
        Add(parts, value, start, text.Length, state);
        return parts;
    }

    /// <summary>str.rsplit(sep, maxsplit).</summary>
    public static List<Value> SplitFromRight(StringValue value, StringValue? separator, int limit, RenderState state)
    {
        if (limit < 0)
            limit = int.MaxValue;
        string text = value.Text;
        var parts = new List<Value>();
        int end = text.Length;
        if (separator is null)
        {
            end = SkipSpacesBack(text, end);
            while (end > 0 && parts.Count < limit)
            {
                int start = end;
                while (start > 0 && !CodePoint.IsSpace(text[start - 1]))
                    start--;
                Add(parts, value, start, end, state);
                end = SkipSpacesBack(text, start);
            }
            if (end > 0)
                Add(parts, value, 0, end, state);
        }
        else
        {
            RequireSeparator(separator);
            state.ChargeSearch(text.Length, separator.Text.Length);
            while (parts.Count < limit && text.AsSpan(0, end).LastIndexOf(separator.Text, StringComparison.Ordinal) is var found and >= 0)
            {
                Add(parts, value, found + separator.Text.Length, end, state);
                end = found;
            }
            Add(parts, value, 0, end, state);
        }
        parts.Reverse();
        return parts;
    }

    /// <summary>str.splitlines(keepends).</summary>
    public static List<Value> Lines(StringValue value, bool keepEnds, RenderState state)
    {
        string text = value.Text;
        var lines = new List<Value>();
        int start = 0;
        for (int at = 0; at < text.Length; at++)
        {
            if (text[at] is not ('\n' or '\r' or '\v' or '\f' or '\x1c' or '\x1d' or '\x1e' or '\x85' or '\u2028' or '\u2029'))
                continue;
            int end = at;
            if (text[at] == '\r' && at + 1 < text.Length && text[at + 1] == '\n')
                at++;
            Add(lines, value, start, keepEnds ? at + 1 : end, state);
            start = at + 1;
        }
        if (start < text.Length)
            Add(lines, value, start, text.Length, state);
        return lines;
    }

    /// <summary>str.partition() and rpartition().</summary>
    public static TupleValue Partition(StringValue value, StringValue separator, bool last, RenderState state)
    {
        RequireSeparator(separator);
        string text = value.Text;
        state.ChargeSearch(text.Length, separator.Text.Length);
        int at = last ? text.AsSpan().LastIndexOf(separator.Text, StringComparison.Ordinal) : text.IndexOf(separator.Text, StringComparison.Ordinal);
        if (at < 0)
            return new TupleValue(last ? [StringValue.Empty, StringValue.Empty, value] : [value, StringValue.Empty, StringValue.Empty]);
        int after = at + separator.Text.Length;
        return new TupleValue([value.Substring(0, at, state), separator, value.Substring(after, text.Length - after, state)]);
    }

    private static void Add(List<Value> parts, StringValue value, int start, int end, RenderState state)
    {
        state.Step();
        parts.Add(value.Substring(start, end - start, state));
    }

    private static int SkipSpaces(string text, int at)
    {
        while (at < text.Length && CodePoint.IsSpace(text[at]))
            at++;
        return at;
    }

    private static int SkipSpacesBack(string text, int end)
    {
        while (end > 0 && CodePoint.IsSpace(text[end - 1]))
            end--;
        return end;
    }

    private static void RequireSeparator(StringValue separator)
    {
        if (separator.Text.Length == 0)
            throw new TemplateFault("empty separator");
    }
}
