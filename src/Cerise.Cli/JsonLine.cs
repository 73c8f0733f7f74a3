using System.Globalization;
using System.Text;

namespace Cerise.Cli;

/// <summary>One JSON object on one line, written key by key in the order given.</summary>
/// <remarks>
/// Numbers are printed shortest such that reading them gives the same bits; one that is not finite becomes null. Only what JSON demands is
/// escaped.
/// </remarks>
internal sealed class JsonLine
{
    private readonly StringBuilder _text = new("{");

    /// <summary>A text, or null.</summary>
    public JsonLine Add(string key, string? value)
    {
        Key(key);
        if (value is null)
            _text.Append("null");
        else
            AppendString(value);
        return this;
    }

    /// <summary>A whole number.</summary>
    public JsonLine Add(string key, long value)
    {
        Key(key)._text.Append(CultureInfo.InvariantCulture, $"{value}");
        return this;
    }

    /// <summary>True or false, or null.</summary>
    public JsonLine Add(string key, bool? value)
    {
        Key(key)._text.Append(value switch { true => "true", false => "false", null => "null" });
        return this;
    }

    /// <summary>A number, or null.</summary>
    public JsonLine Add(string key, double? value)
    {
        Key(key)._text.Append(value is { } number && double.IsFinite(number) ? number.ToString("R", CultureInfo.InvariantCulture) : "null");
        return this;
    }

    /// <summary>A list of whole numbers.</summary>
    public JsonLine Add(string key, IReadOnlyList<int> values)
    {
        Key(key);
        AppendList(values, static value => value.ToString(CultureInfo.InvariantCulture));
        return this;
    }

    /// <summary>A list of float32 numbers.</summary>
    public JsonLine Add(string key, IReadOnlyList<float> values)
    {
        Key(key);
        AppendList(values, static value => float.IsFinite(value) ? value.ToString("R", CultureInfo.InvariantCulture) : "null");
        return this;
    }

    /// <summary>A list of texts.</summary>
    public JsonLine Add(string key, IReadOnlyList<string> values)
    {
        Key(key)._text.Append('[');
        for (int i = 0; i < values.Count; i++)
        {
            if (i > 0)
                _text.Append(',');
            AppendString(values[i]);
        }
        _text.Append(']');
        return this;
    }

    /// <summary>A value that is JSON already.</summary>
    public JsonLine AddJson(string key, string json)
    {
        Key(key)._text.Append(json);
        return this;
    }

    /// <summary>Writes the line and hands it on at once, so that a reader behind a pipe need not wait for the next.</summary>
    public void WriteTo(TextWriter output)
    {
        output.Write(_text.Append("}\n").ToString());
        output.Flush();
    }

    /// <summary>A text as JSON writes it.</summary>
    public static string Quote(string value)
    {
        var line = new JsonLine();
        line._text.Clear();
        line.AppendString(value);
        return line._text.ToString();
    }

    /// <inheritdoc/>
    public override string ToString() => $"{_text}}}";

    private JsonLine Key(string key)
    {
        if (_text.Length > 1)
            _text.Append(',');
        AppendString(key);
        _text.Append(':');
        return this;
    }

    private void AppendList<T>(IReadOnlyList<T> values, Func<T, string> print)
    {
        _text.Append('[');
        for (int i = 0; i < values.Count; i++)
        {
            if (i > 0)
                _text.Append(',');
            _text.Append(print(values[i]));
        }
        _text.Append(']');
    }

    private void AppendString(string value)
    {
        _text.Append('"');
        foreach (char c in value)
        {
            switch (c)
            {
                case '"':
                    _text.Append("\\\"");
                    break;
                case '\\':
                    _text.Append("\\\\");
                    break;
                case '\n':
                    _text.Append("\\n");
                    break;
                case '\r':
                    _text.Append("\\r");
                    break;
                case '\t':
                    _text.Append("\\t");
                    break;
                default:
                    if (c < ' ')
                        _text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
                    else
                        _text.Append(c);
                    break;
            }
        }
        _text.Append('"');
    }
}
