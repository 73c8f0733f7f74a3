using System.Buffers;
using Cerise.Data.ChatTemplates.Text;
using Cerise.Data.ChatTemplates.Values;

namespace Cerise.Data.ChatTemplates.Builtins;

/// <summary>The filter wordwrap: each line of a text broken as Python's textwrap breaks it.</summary>
internal static class WordWrap
{
    private static readonly SearchValues<char> Spaces = SearchValues.Create(" \t\n\v\f\r");

    public static Value Apply(Call call)
    {
        StringValue text = TextFilters.RequireText(call), separator = call.Has(2) ? call.String(2) : new StringValue("\n");
        int width = call.Int(0, 79);
        if (width <= 0)
            throw new TemplateFault($"invalid width {width} (must be > 0)");
        var wrapped = new TextBuffer(call.State);
        bool first = true;
        foreach (Value paragraph in Splitting.Lines(text, keepEnds: false, call.State))
        {
            if (!first)
                wrapped.Append(separator);
            first = false;
            Wrap(call, (StringValue)paragraph, width, separator, wrapped);
        }
        return wrapped.ToValue(text.IsMarkup);
    }

    // Spaces at the ends of a broken line go; words longer than a line are cut where that is asked for.
    private static void Wrap(Call call, StringValue paragraph, int width, StringValue separator, TextBuffer wrapped)
    {
        bool cut = call.Flag(1, missing: true), atHyphens = call.Flag(3, missing: true);
        var waiting = new Stack<(int Start, int End)>(Chunks(paragraph.Text, atHyphens).AsEnumerable().Reverse());
        int lines = 0;
        while (waiting.Count > 0)
        {
            call.State.Step();
            if (lines > 0 && IsBlank(waiting.Peek()))
                waiting.Pop();
            var line = new List<(int Start, int End)>();
            int length = 0;
            while (waiting.Count > 0 && length + Size(waiting.Peek()) <= width)
            {
                length += Size(waiting.Peek());
                line.Add(waiting.Pop());
            }
            if (waiting.Count > 0 && Size(waiting.Peek()) > width)
            {
                (int start, int end) = waiting.Pop();
                if (cut)
                {
                    int border = start + CodePoint.Offset(paragraph.Text.AsSpan(start), Math.Max(1, width - length));
                    line.Add((start, border));
                    waiting.Push((border, end));
                }
                else if (line.Count == 0)
                    line.Add((start, end));
                else
                    waiting.Push((start, end));
            }
            if (line.Count > 0 && IsBlank(line[^1]))
                line.RemoveAt(line.Count - 1);
            if (line.Count == 0)
                continue;
            if (lines++ > 0)
                wrapped.Append(separator);
            wrapped.Append(paragraph, line[0].Start, line[^1].End - line[0].Start);
        }

        // Counted only as far as tells whether it fits (a character has at most two units): what is left of a long word is asked for with every line.
        int Size((int Start, int End) chunk) => CodePoint.Count(paragraph.Text.AsSpan(chunk.Start, (int)Math.Min(chunk.End - chunk.Start, (2L * width) + 2)));

        bool IsBlank((int Start, int End) chunk) => paragraph.Text.AsSpan(chunk.Start, chunk.End - chunk.Start).IndexOfAnyExcept(Spaces) < 0;
    }

    // Words and the white space between them; a word may end after a hyphen between letters.
    private static List<(int Start, int End)> Chunks(string text, bool atHyphens)
    {
        var chunks = new List<(int Start, int End)>();
        int start = 0;
        for (int at = 1; at <= text.Length; at++)
        {
            bool ends = at == text.Length || IsSpace(text[at]) != IsSpace(text[at - 1])
                || (atHyphens && text[at - 1] == '-' && at - 2 > start && char.IsLetter(text[at - 2]) && char.IsLetter(text[at - 3 < start ? start : at - 3]) && char.IsLetter(text[at]));
            if (!ends)
                continue;
            chunks.Add((start, at));
            start = at;
        }
        return chunks;

        static bool IsSpace(char c) => Spaces.Contains(c);
    }
}
