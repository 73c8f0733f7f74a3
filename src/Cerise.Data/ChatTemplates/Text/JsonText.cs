using System.Globalization;
using System.Runtime.CompilerServices;
using Cerise.Data.ChatTemplates.Running;
using Cerise.Data.ChatTemplates.Values;

namespace Cerise.Data.ChatTemplates.Text;

/// <summary>json.dumps: the same bytes, spaces and refusals.</summary>
internal sealed class JsonText(TextBuffer output, RenderState state)
{
    public bool EnsureAscii { get; init; }

    /// <summary>One level of indentation, or null for one line.</summary>
    public string? Indent { get; init; }

    public string ItemSeparator { get; init; } = ", ";

    public string KeySeparator { get; init; } = ": ";

    public bool SortKeys { get; init; }

    public void Write(Value value) => Write(value, 0);

    private void Write(Value value, int level)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        state.Step();
        int start = output.Length;
        switch (value)
        {
            case StringValue text:
                WriteString(text);
                break;
            case DictValue dictionary:
                WriteDictionary(dictionary, level);
                break;
            case SequenceValue sequence:
                WriteList(sequence, level);
                break;
            default:
                output.Append(Scalar(value) ?? throw new TemplateFault($"Object of type {value.TypeName} is not JSON serializable"));
                break;
        }
        if (value.Message >= 0)
            output.MarkFrom(start, Origin.Of(value.Message));
    }

    private void WriteDictionary(DictValue dictionary, int level)
    {
        if (dictionary.Items.Count == 0)
        {
            output.Append("{}");
            return;
        }
        output.Append('{');
        bool first = true;
        IEnumerable<KeyValuePair<Value, Value>> items = dictionary.Items;
        if (SortKeys)
            items = Sorting.Sort([.. items], item => item.Key, reverse: false, state);
        foreach ((Value key, Value value) in items)
        {
            if (!first)
                output.Append(ItemSeparator);
            first = false;
            NewLine(level + 1);
            WriteString(key as StringValue ?? new StringValue(Scalar(key)
                ?? throw new TemplateFault($"keys must be str, int, float, bool or None, not {key.TypeName}")));
            output.Append(KeySeparator);
            Write(value, level + 1);
        }
        NewLine(level);
        output.Append('}');
    }

    private void WriteList(SequenceValue sequence, int level)
    {
        if (sequence.Items.Count == 0)
        {
            output.Append("[]");
            return;
        }
        output.Append('[');
        for (int i = 0; i < sequence.Items.Count; i++)
        {
            if (i > 0)
                output.Append(ItemSeparator);
            NewLine(level + 1);
            Write(sequence.Items[i], level + 1);
        }
        NewLine(level);
        output.Append(']');
    }

    private void NewLine(int level)
    {
        if (Indent is null)
            return;
        output.Append('\n');
        for (int i = 0; i < level; i++)
            output.Append(Indent);
    }

    private static string? Scalar(Value value) => value switch
    {
        NoneValue => "null",
        BooleanValue boolean => boolean.Value ? "true" : "false",
        IntegerValue integer => integer.Value.ToString(CultureInfo.InvariantCulture),
        FloatValue real when double.IsFinite(real.Value) => PythonFloat.Repr(real.Value),
        FloatValue real => double.IsNaN(real.Value) ? "NaN" : real.Value > 0 ? "Infinity" : "-Infinity",
        _ => null,
    };

    private void WriteString(StringValue value)
    {
        string text = value.Text;
        output.Append('"');
        int copied = 0;
        for (int at = 0; at < text.Length; at++)
        {
            if (Escape(text[at]) is not { } escape)
                continue;
            output.Append(value, copied, at - copied);
            output.Append(escape, value.OriginAt(at));
            copied = at + 1;
        }
        output.Append(value, copied, text.Length - copied);
        output.Append('"');
    }

    private string? Escape(char c) => c switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\b' => "\\b",
        '\f' => "\\f",
        < ' ' => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
        _ when EnsureAscii && c > '~' => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
        _ => null,
    };
}
