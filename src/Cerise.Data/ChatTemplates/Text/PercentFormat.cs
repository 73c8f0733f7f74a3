using System.Globalization;
using System.Numerics;
using Cerise.Data.ChatTemplates.Running;
using Cerise.Data.ChatTemplates.Values;

namespace Cerise.Data.ChatTemplates.Text;

/// <summary>format % values.</summary>
internal sealed class PercentFormat
{
    private readonly StringValue _format;
    private readonly Value _values;
    private readonly RenderState _state;
    private readonly TextBuffer _output;
    private int _at;
    private int _next;

    private PercentFormat(StringValue format, Value values, RenderState state)
    {
        (_format, _values, _state) = (format, values, state);
        _output = new TextBuffer(state);
    }

    public static StringValue Format(StringValue format, Value values, RenderState state) => new PercentFormat(format, values, state).Run();

    private StringValue Run()
    {
        string text = _format.Text;
        while (text.IndexOf('%', _at) is var mark and >= 0)
        {
            _output.Append(_format, _at, mark - _at);
            _at = mark + 1;
            WriteField();
        }
        _output.Append(_format, _at, text.Length - _at);
        bool isMapping = _values is DictValue or ListValue or RangeValue;
        if (!isMapping && _next < (_values is TupleValue tuple ? tuple.Items.Count : 1))
            throw new TemplateFault("not all arguments converted during string formatting");
        return _output.ToValue(_format.IsMarkup);
    }

    private void WriteField()
    {
        string flags = "";
        Value? named = ReadName();
        while ("#0- +".Contains(Peek(), StringComparison.Ordinal))
            flags += Template[_at++];
        int width = ReadCount() ?? 0;
        if (width < 0)
            (flags, width) = (flags + '-', -width);
        int? precision = null;
        if (Peek() == '.')
        {
            _at++;
            precision = Math.Max(0, ReadCount() ?? 0);
        }
        if (Peek() is 'h' or 'l' or 'L')
            _at++;
        char type = Peek();
        _at++;
        if (type == '%')
        {
            _output.Append('%');
            return;
        }
        Value value = named ?? Next();
        _state.ChargeText(Math.Max(width, precision ?? 0));
        StringValue field = type switch
        {
            's' => Cut(Like(PythonText.ToText(value, _state), value), precision),
            'r' => Cut(Like(PythonText.ToRepr(value, _state), value), precision),
            'a' => Cut(Like(PythonText.ToAscii(value, _state), value), precision),
            'c' => Character(value),
            _ => new StringValue(Number(value, type, flags, precision, width)),
        };
        int room = width - field.Length!.Value;
        bool left = flags.Contains('-', StringComparison.Ordinal);
        _output.Append(Padding.Pad(field, left ? 0 : room, left ? room : 0, new StringValue(" "), _state));
    }

    private string Template => _format.Text;

    private char Peek() => _at < Template.Length ? Template[_at] : throw new TemplateFault("incomplete format");

    private Value? ReadName()
    {
        if (Peek() != '(')
            return null;
        int end = _at, depth = 0;
        do
        {
            if (end == Template.Length)
                throw new TemplateFault("incomplete format key");
            depth += Template[end] switch { '(' => 1, ')' => -1, _ => 0 };
            end++;
        }
        while (depth > 0);
        string name = Template[(_at + 1)..(end - 1)];
        _at = end;
        if (_values is not DictValue mapping)
            throw new TemplateFault("format requires a mapping");
        return mapping.Item(new StringValue(name), _state) ?? throw new TemplateFault($"the format's key {PythonText.Quote(name)} is missing");
    }

    private int? ReadCount()
    {
        if (Peek() == '*')
        {
            _at++;
            return Numbers.TryIndex(Next(), out int count) ? Bounded(count) : throw new TemplateFault("* wants int");
        }
        int start = _at;
        while (char.IsAsciiDigit(Peek()))
            _at++;
        if (start == _at)
            return null;
        return int.TryParse(Template.AsSpan(start, _at - start), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? Bounded(number)
            : throw new TemplateFault("width or precision too big");
    }

    private int Bounded(int count) => Math.Abs((long)count) <= _state.Options.MaxOutputLength ? count : throw new TemplateFault("width or precision too big");

    private Value Next()
    {
        int index = _next++;
        if (_values is TupleValue tuple)
            return index < tuple.Items.Count ? tuple.Items[index] : throw NotEnough();
        return index == 0 ? _values : throw NotEnough();
    }

    private static TemplateFault NotEnough() => new("not enough arguments for format string");

    // Markup escapes what is put into it.
    private StringValue Like(StringValue field, Value value) =>
        _format.IsMarkup ? Markup.Escape(value is StringValue { IsMarkup: true } markup ? markup : field, _state) : field;

    private StringValue Cut(StringValue field, int? precision) =>
        precision < field.Length ? field.Substring(0, field.Offset(precision.Value, _state), _state) : field;

    private static StringValue Character(Value value)
    {
        if (value is StringValue { Length: 1 } text)
            return text;
        return Numbers.TryIndex(value, out int code) && code is >= 0 and <= 0x10FFFF
            ? new StringValue(CodePoint.ToText(code))
            : throw new TemplateFault("%c requires int or char");
    }

    private static string Number(Value value, char type, string flags, int? precision, int width)
    {
        if (value is UndefinedValue undefined)
            throw undefined.Fault();
        bool alternate = flags.Contains('#', StringComparison.Ordinal);
        bool negative;
        string prefix = "", digits;
        if (type is 'd' or 'i' or 'u' or 'x' or 'X' or 'o')
        {
            if (!Numbers.TryInteger(value, out BigInteger integer))
                integer = value is FloatValue real && type is 'd' or 'i' or 'u'
                    ? NumberText.Truncate(((FloatValue)value).Value)
                    : throw new TemplateFault($"%{type} format: {(type is 'd' or 'i' or 'u' ? "a real number" : "an integer")} is required, not {value.TypeName}");
            negative = integer.Sign < 0;
            char kind = type is 'i' or 'u' ? 'd' : type;
            digits = NumberText.Digits(integer, kind).PadLeft(precision ?? 0, '0');
            prefix = alternate ? NumberText.Prefix(kind) : "";
        }
        else if (type is 'e' or 'E' or 'f' or 'F' or 'g' or 'G')
        {
            if (!Numbers.TryFloat(value, out double number))
                throw new TemplateFault($"must be real number, not {value.TypeName}");
            negative = double.IsNegative(number) && !double.IsNaN(number);
            digits = NumberText.Float(number, type, precision ?? 6, alternate);
        }
        else
            throw new TemplateFault($"unsupported format character '{type}' in a format string");
        string sign = negative ? "-" : flags.Contains('+', StringComparison.Ordinal) ? "+" : flags.Contains(' ', StringComparison.Ordinal) ? " " : "";
        if (flags.Contains('0', StringComparison.Ordinal) && !flags.Contains('-', StringComparison.Ordinal))
            digits = digits.PadLeft(Math.Max(0, width - sign.Length - prefix.Length), '0');
        return sign + prefix + digits;
    }
}
