using Cerise.Data.ChatTemplates.Running;
using Cerise.Data.ChatTemplates.Values;

namespace Cerise.Data.ChatTemplates.Text;

/// <summary>str.replace(). What is put in keeps its own origins.</summary>
internal static class Replacing
{
    /// <summary>Replaces at most so many; all where the count is negative.</summary>
    public static StringValue Replace(StringValue value, StringValue old, StringValue replacement, int count, RenderState state)
    {
        string text = value.Text;
        state.ChargeSearch(text.Length, old.Text.Length);
        if (count < 0)
            count = int.MaxValue;
        if (old.Text.Length == 0)
            return Interleave(value, replacement, count, state);
        int found = count == 0 ? -1 : text.IndexOf(old.Text, StringComparison.Ordinal);
        if (found < 0)
            return value;
        var replaced = new TextBuffer(state);
        int start = 0;
        for (; found >= 0 && count > 0; count--)
        {
            replaced.Append(value, start, found - start);
            replaced.Append(replacement);
            start = found + old.Text.Length;
            found = text.IndexOf(old.Text, start, StringComparison.Ordinal);
        }
        replaced.Append(value, start, text.Length - start);
        return replaced.ToValue(value.IsMarkup);
    }

    // An empty text is found before every character and at the end.
    private static StringValue Interleave(StringValue value, StringValue replacement, int count, RenderState state)
    {
        var mixed = new TextBuffer(state);
        string text = value.Text;
        int at = 0;
        for (; count > 0; count--)
        {
            mixed.Append(replacement);
            if (at == text.Length)
                break;
            int length = CodePoint.LengthAt(text, at);
            mixed.Append(value, at, length);
            at += length;
        }
        mixed.Append(value, at, text.Length - at);
        return mixed.ToValue(value.IsMarkup);
    }
}
