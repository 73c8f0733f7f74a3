using System.Globalization;
using System.Numerics;
using System.Text;
using Cerise.Data.ChatTemplates.Running;
using Cerise.Data.ChatTemplates.Values;

namespace Cerise.Data.ChatTemplates.Text;

/// <summary>format(value, specification): [[fill]align][sign][#][0][width][grouping][.precision][type].</summary>
internal sealed class FormatSpec
{
    private StringValue _fill = new(" ");
    private char _align;
    private char _sign = '-';
    private bool _alternate;
    private int _width;
    private char _grouping;
    private int? _precision;
    private char _type;

    public static StringValue Apply(Value value, string specification, RenderState state)
    {
        if (value is UndefinedValue undefined && specification.Length > 0)
            throw undefined.Fault();
        if (specification.Length == 0)
            return PythonText.ToText(value, state);
        if (value is not StringValue && !Numbers.IsNumber(value))
            throw new TemplateFault($"unsupported format string passed to {value.TypeName}.__format__");
        var parsed = new FormatSpec();
        parsed.Parse(specification, state);
        return value is StringValue text ? parsed.Text(text, state) : parsed.Number(value, state);
    }

    private void Parse(string specification, RenderState state)
    {
        int at = 0, first = CodePoint.LengthAt(specification, 0);
        if (first < specification.Length && specification[first] is '<' or '>' or '=' or '^')
        {
            _fill = new StringValue(specification[..first]);
            _align = specification[first];
            at = first + 1;
        }
        else if (specification[0] is '<' or '>' or '=' or '^')
            _align = specification[at++];
        if (Peek() is '+' or '-' or ' ')
            _sign = specification[at++];
        if (Peek() == 'z')
            at++;
        if (Peek() == '#')
        {
            _alternate = true;
            at++;
        }
        if (Peek() == '0')
        {
            if (_align == 0)
                (_fill, _align) = (new StringValue("0"), '=');
            at++;
        }
        _width = Count() ?? 0;
        if (Peek() is ',' or '_')
            _grouping = specification[at++];
        if (Peek() == '.')
        {
            at++;
            _precision = Count() ?? throw new TemplateFault("Format specifier missing precision");
        }
        if (at < specification.Length)
            _type = specification[at++];
        if (at < specification.Length)
            throw new TemplateFault($"Invalid format specifier '{specification}'");

        char Peek() => at < specification.Length ? specification[at] : '\0';

        int? Count()
        {
            int start = at;
            while (char.IsAsciiDigit(Peek()))
                at++;
            if (start == at)
                return null;
            return int.TryParse(specification.AsSpan(start, at - start), NumberStyles.None, CultureInfo.InvariantCulture, out int count)
                && count <= state.Options.MaxOutputLength ? count : throw new TemplateFault("Too many decimal digits in format string");
        }
    }

    private StringValue Text(StringValue text, RenderState state)
    {
        if (_type is not ('\0' or 's'))
            throw new TemplateFault($"Unknown format code '{_type}' for object of type 'str'");
        if (_sign != '-' || _grouping != 0 || (_align == '=' && _fill.Text != "0"))
            throw new TemplateFault("the format specification is not allowed for str");
        StringValue shown = _precision < text.Length ? text.Substring(0, text.Offset(_precision.Value, state), state) : text.As(isMarkup: false);
        int room = _width - shown.Length!.Value;
        return _align switch
        {
            '>' => Padding.Pad(shown, room, 0, _fill, state),
            '^' => Padding.Pad(shown, room / 2, room - (room / 2), _fill, state),
            _ => Padding.Pad(shown, 0, room, _fill, state),
        };
    }

    private StringValue Number(Value value, RenderState state)
    {
        bool isInteger = Numbers.TryInteger(value, out BigInteger integer);
        if (isInteger && _type == 'c')
            return Character(integer, state);
        bool negative;
        string prefix = "", digits;
        if (isInteger && _type is '\0' or 'd' or 'n' or 'x' or 'X' or 'o' or 'b')
        {
            if (_precision is not null)
                throw new TemplateFault("Precision not allowed in integer format specifier");
            negative = integer.Sign < 0;
            digits = NumberText.Digits(integer, _type);
            prefix = _alternate ? NumberText.Prefix(_type) : "";
        }
        else
        {
            _ = Numbers.TryFloat(value, out double number);
            negative = double.IsNegative(number) && !double.IsNaN(number);
            digits = Float(number);
        }
        string sign = negative ? "-" : _sign is '+' or ' ' ? _sign.ToString() : "";
        bool zeros = _align == '=' && _fill.Text == "0";
        if (_grouping != 0)
            digits = Group(digits, _type is 'x' or 'X' or 'o' or 'b' ? 4 : 3, zeros ? _width - sign.Length - prefix.Length : 0, state);
        int room = _width - sign.Length - prefix.Length - digits.Length;
        return _align switch
        {
            '<' => Padding.Pad(new StringValue(sign + prefix + digits), 0, room, _fill, state),
            '^' => Padding.Pad(new StringValue(sign + prefix + digits), room / 2, room - (room / 2), _fill, state),
            '=' => new StringValue(sign + prefix + Padding.Pad(new StringValue(digits), room, 0, _fill, state).Text),
            _ => Padding.Pad(new StringValue(sign + prefix + digits), room, 0, _fill, state),
        };
    }

    private StringValue Character(BigInteger code, RenderState state)
    {
        if (code < 0 || code > 0x10FFFF)
            throw new TemplateFault("%c arg not in range(0x110000)");
        _type = 's';
        return Text(new StringValue(CodePoint.ToText((int)code)), state);
    }

    private string Float(double number)
    {
        switch (_type)
        {
            case '\0' when _precision is null:
                return PythonFloat.Repr(Math.Abs(number));
            case '\0':
                return double.IsFinite(number)
                    ? PythonFloat.General(number, Math.Max(1, _precision.Value), 'e', _alternate, atLeastOneDecimal: true)
                    : NumberText.Float(number, 'g', 0, _alternate);
            case '%':
                return NumberText.Float(number * 100, 'f', _precision ?? 6, _alternate) + "%";
            case 'e' or 'E' or 'f' or 'F' or 'g' or 'G':
                return NumberText.Float(number, _type, _precision ?? 6, _alternate);
            case 'n':
                return NumberText.Float(number, 'g', _precision ?? 6, _alternate);
            default:
                throw new TemplateFault($"Unknown format code '{_type}' for object of type 'float'");
        }
    }

    // Separators between groups of the whole part; zeros in front are grouped too.
    private string Group(string digits, int size, int width, RenderState state)
    {
        int whole = 0;
        while (whole < digits.Length && (_type is 'x' or 'X' ? char.IsAsciiHexDigit(digits[whole]) : char.IsAsciiDigit(digits[whole])))
            whole++;
        int tail = digits.Length - whole;
        state.ChargeText(Math.Max(width, 0));
        var reversed = new StringBuilder();
        for (int i = 0; i < whole || reversed.Length + tail < width; i++)
        {
            if (i > 0 && i % size == 0)
                reversed.Append(_grouping);
            reversed.Append(i < whole ? digits[whole - 1 - i] : '0');
        }
        char[] grouped = reversed.ToString().ToCharArray();
        Array.Reverse(grouped);
        return string.Concat(grouped, digits.AsSpan(whole));
    }
}
