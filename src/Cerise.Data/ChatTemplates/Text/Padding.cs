using Cerise.Data.ChatTemplates.Running;
using Cerise.Data.ChatTemplates.Values;

namespace Cerise.Data.ChatTemplates.Text;

/// <summary>Text brought to a width, in code points.</summary>
internal static class Padding
{
    /// <summary>A text between two runs of a character; negative counts are none.</summary>
    public static StringValue Pad(StringValue value, int left, int right, StringValue fill, RenderState state)
    {
        if (left <= 0 && right <= 0)
            return value;
        var padded = new TextBuffer(state);
        Repeat(padded, fill, left);
        padded.Append(value);
        Repeat(padded, fill, right);
        return padded.ToValue(value.IsMarkup);
    }

    /// <summary>str.center().</summary>
    public static StringValue Center(StringValue value, int width, StringValue fill, RenderState state)
    {
        int room = width - value.Length!.Value;
        if (room <= 0)
            return value;
        int left = (room / 2) + (room & width & 1);
        return Pad(value, left, room - left, fill, state);
    }

    /// <summary>str.zfill(): zeros after the sign.</summary>
    public static StringValue FillWithZeros(StringValue value, int width, RenderState state)
    {
        int room = width - value.Length!.Value, sign = value.Text.StartsWith('+') || value.Text.StartsWith('-') ? 1 : 0;
        if (room <= 0)
            return value;
        var filled = new TextBuffer(state);
        filled.Append(value, 0, sign);
        filled.Append('0', room);
        filled.Append(value, sign, value.Text.Length - sign);
        return filled.ToValue(value.IsMarkup);
    }

    /// <summary>str.expandtabs().</summary>
    public static StringValue ExpandTabs(StringValue value, int size, RenderState state)
    {
        var expanded = new TextBuffer(state);
        int column = 0;
        for (int at = 0, length; at < value.Text.Length; at += length)
        {
            length = CodePoint.LengthAt(value.Text, at);
            char c = value.Text[at];
            if (c == '\t')
            {
                int spaces = size > 0 ? size - (column % size) : 0;
                expanded.Append(' ', spaces);
                column += spaces;
                continue;
            }
            expanded.Append(value, at, length);
            column = c is '\n' or '\r' ? 0 : column + 1;
        }
        return expanded.ToValue(value.IsMarkup);
    }

    private static void Repeat(TextBuffer output, StringValue fill, int count)
    {
        for (int i = 0; i < count; i++)
            output.Append(fill);
    }
}
