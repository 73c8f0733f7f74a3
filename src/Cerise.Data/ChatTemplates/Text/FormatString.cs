using System.Globalization;
using Cerise.Data.ChatTemplates.Running;
using Cerise.Data.ChatTemplates.Values;

namespace Cerise.Data.ChatTemplates.Text;

/// <summary>str.format(): replacement fields in braces, reached with the sandbox's rules.</summary>
internal sealed class FormatString(RenderState state, IReadOnlyList<Value> positional, Func<string, Value?> named)
{
    /// <summary>A format specification may hold fields, and those no further ones.</summary>
    private const int MaxNesting = 2;

    private int _next;
    private bool _numbered;

    public StringValue Format(StringValue format) => Format(format, MaxNesting, format.IsMarkup);

    private StringValue Format(StringValue format, int nesting, bool isMarkup)
    {
        if (nesting == 0)
            throw new TemplateFault("Max string recursion exceeded");
        string text = format.Text;
        var output = new TextBuffer(state);
        for (int at = 0; at < text.Length;)
        {
            int brace = text.AsSpan(at).IndexOfAny('{', '}');
            if (brace < 0)
            {
                output.Append(format, at, text.Length - at);
                break;
            }
            brace += at;
            output.Append(format, at, brace - at);
            if (brace + 1 < text.Length && text[brace + 1] == text[brace])
            {
                output.Append(format, brace, 1);
                at = brace + 2;
                continue;
            }
            if (text[brace] == '}')
                throw new TemplateFault("Single '}' encountered in format string");
            int end = EndOfField(text, brace + 1);
            WriteField(output, format, brace + 1, end, nesting, isMarkup);
            at = end + 1;
        }
        return output.ToValue(isMarkup);
    }

    private static int EndOfField(string text, int start)
    {
        int depth = 1;
        for (int at = start; at < text.Length; at++)
        {
            // A bracketed index runs to its closing bracket, whatever stands in it.
            if (text[at] == '[' && depth == 1 && text.IndexOf(']', at) is var close and >= 0)
                at = close;
            else if (text[at] == '{')
                depth++;
            else if (text[at] == '}' && --depth == 0)
                return at;
        }
        throw new TemplateFault(start == text.Length ? "Single '{' encountered in format string" : "expected '}' before end of string");
    }

    private void WriteField(TextBuffer output, StringValue format, int start, int end, int nesting, bool isMarkup)
    {
        string text = format.Text;
        int nameEnd = start;
        while (nameEnd < end && text[nameEnd] is not ('!' or ':'))
            nameEnd = text[nameEnd] == '[' && text.IndexOf(']', nameEnd, end - nameEnd) is var close and >= 0 ? close + 1 : nameEnd + 1;
        Value value = Find(text[start..nameEnd]);
        int at = nameEnd;
        if (at < end && text[at] == '!')
        {
            if (at + 1 == end || (at + 2 < end && text[at + 2] != ':'))
                throw new TemplateFault("expected ':' after conversion specifier");
            value = Convert(value, text[at + 1]);
            at += 2;
        }
        string specification = at < end ? Format(format.Substring(at + 1, end - at - 1, state), nesting - 1, isMarkup: false).Text : "";
        StringValue field = FormatSpec.Apply(value, specification, state);
        output.Append(isMarkup ? Markup.Escape(value is StringValue { IsMarkup: true } ? field.As(isMarkup: true) : field, state) : field);
    }

    private StringValue Convert(Value value, char conversion) => conversion switch
    {
        's' => PythonText.ToText(value, state),
        'r' => PythonText.ToRepr(value, state),
        'a' => PythonText.ToAscii(value, state),
        _ => throw new TemplateFault($"Unknown conversion specifier '{conversion}'"),
    };

    private Value Find(string field)
    {
        int end = field.AsSpan().IndexOfAny('.', '[') is var mark and >= 0 ? mark : field.Length;
        Value value = First(field[..end]);
        for (int at = end; at < field.Length;)
        {
            bool isAttribute = field[at] == '.';
            int stop = isAttribute ? field.AsSpan(at + 1).IndexOfAny('.', '[') is var next and >= 0 ? at + 1 + next : field.Length
                : field.IndexOf(']', at) is var close and >= 0 ? close : throw new TemplateFault("Missing ']' in format string");
            string name = field[(at + 1)..stop];
            if (name.Length == 0)
                throw new TemplateFault("Empty attribute in format string");
            at = isAttribute ? stop : stop + 1;
            if (!isAttribute && at < field.Length && field[at] is not ('.' or '['))
                throw new TemplateFault("Only '.' or '[' may follow ']' in format field specifier");
            var key = new StringValue(name);
            value = isAttribute ? Access.Attribute(value, key, state)
                : Access.Item(value, int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int index) ? IntegerValue.Of(index) : key, state);
        }
        return value;
    }

    private Value First(string name)
    {
        if (name.Length == 0)
        {
            if (_numbered)
                throw new TemplateFault("cannot switch from manual field specification to automatic field numbering");
            return At(_next++);
        }
        if (!int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int index))
            return named(name) ?? throw new TemplateFault($"the format's key {PythonText.Quote(name)} is missing");
        if (_next > 0)
            throw new TemplateFault("cannot switch from automatic field numbering to manual field specification");
        _numbered = true;
        return At(index);
    }

    private Value At(int index) =>
        index < positional.Count ? positional[index] : throw new TemplateFault($"Replacement index {index} out of range for positional args tuple");
}
