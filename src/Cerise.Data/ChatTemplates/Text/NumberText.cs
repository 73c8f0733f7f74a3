using System.Globalization;
using System.Numerics;

namespace Cerise.Data.ChatTemplates.Text;

/// <summary>Numbers without their sign, in the forms that both kinds of format strings ask for.</summary>
internal static class NumberText
{
    /// <summary>An integer as d, x, X, o or b.</summary>
    public static string Digits(BigInteger value, char type) => type switch
    {
        'x' => PythonInteger.ToText(value, 16),
        'X' => PythonInteger.ToText(value, 16).ToUpperInvariant(),
        'o' => PythonInteger.ToText(value, 8),
        'b' => PythonInteger.ToText(value, 2),
        _ => BigInteger.Abs(value).ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>What '#' puts before an integer.</summary>
    public static string Prefix(char type) => type switch
    {
        'x' => "0x",
        'X' => "0X",
        'o' => "0o",
        'b' => "0b",
        _ => "",
    };

    /// <summary>A float as e, f or g, of either case.</summary>
    public static string Float(double value, char type, int precision, bool alternate)
    {
        if (!double.IsFinite(value))
            return (double.IsNaN(value), char.IsAsciiLetterUpper(type)) switch
            {
                (true, false) => "nan",
                (true, true) => "NAN",
                (false, false) => "inf",
                (false, true) => "INF",
            };
        if (precision > PythonFloat.MaxPrecision)
            throw new TemplateFault($"a precision of {precision} is larger than the limit of {PythonFloat.MaxPrecision}");
        string text = type switch
        {
            'e' or 'E' => PythonFloat.Exponential(value, precision, type),
            'f' or 'F' => PythonFloat.Fixed(value, precision),
            _ => PythonFloat.General(value, Math.Max(1, precision), type is 'G' ? 'E' : 'e', alternate),
        };
        if (!alternate || text.Contains('.', StringComparison.Ordinal))
            return text;
        int mark = text.AsSpan().IndexOfAny('e', 'E');
        return mark < 0 ? $"{text}." : text.Insert(mark, ".");
    }

    /// <summary>int(x).</summary>
    /// <exception cref="TemplateFault">Infinity or not a number.</exception>
    public static BigInteger Truncate(double value) => double.IsFinite(value) ? new BigInteger(value)
        : throw new TemplateFault(double.IsNaN(value) ? "cannot convert float NaN to integer" : "cannot convert float infinity to integer");
}
