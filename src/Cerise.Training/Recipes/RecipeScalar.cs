using System.Globalization;
using System.Text.RegularExpressions;

namespace Cerise.Training.Recipes;

/// <summary>A single value of a recipe. What it means is decided by the setting it is bound to, after YAML 1.2's core schema.</summary>
/// <remarks>
/// Only an unquoted scalar can be null, a truth value or a number: <c>1e-4</c>
/// is a number, <c>"1e-4"</c> is text, and <c>yes</c> and <c>no</c> are text.
/// </remarks>
/// <param name="location">Where the scalar begins.</param>
/// <param name="text">The text, with quotes and escapes already read.</param>
/// <param name="isPlain">Whether it was written without quotes.</param>
public sealed partial class RecipeScalar(RecipeLocation location, string text, bool isPlain) : RecipeNode(location)
{
    /// <summary>The text, with quotes and escapes already read.</summary>
    public string Text { get; } = text;

    /// <summary>Whether it was written without quotes.</summary>
    public bool IsPlain { get; } = isPlain;

    /// <summary>Whether this is null: empty, <c>~</c> or <c>null</c>.</summary>
    public bool IsNull => IsPlain && Text is "" or "~" or "null" or "Null" or "NULL";

    /// <summary>Whether this means text and nothing else.</summary>
    public bool IsText => !IsNull && !TryBool(out _)
        && !(IsPlain && (NumberPattern().IsMatch(Text) || HexPattern().IsMatch(Text) || SpecialPattern().IsMatch(Text)));

    /// <summary>Reads <c>true</c> or <c>false</c>.</summary>
    public bool TryBool(out bool value)
    {
        value = IsPlain && Text is "true" or "True" or "TRUE";
        return value || (IsPlain && Text is "false" or "False" or "FALSE");
    }

    /// <summary>Reads a whole number: digits with a sign, <c>0x</c> or <c>0o</c>
    /// digits, or an exponent form that is whole, such as <c>1e6</c>.</summary>
    public bool TryInteger(out long value)
    {
        value = 0;
        if (!IsPlain)
            return false;
        if (HexPattern().IsMatch(Text))
            return TryRadix(out value);
        if (!NumberPattern().IsMatch(Text) || !decimal.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number))
            return false;
        if (number != decimal.Truncate(number) || number is < long.MinValue or > long.MaxValue)
            return false;
        value = (long)number;
        return true;
    }

    /// <summary>Reads a number, <c>.inf</c> and <c>-.inf</c> included; a number too large for double is refused.</summary>
    public bool TryNumber(out double value)
    {
        value = 0;
        if (!IsPlain)
            return false;
        if (InfinityPattern().IsMatch(Text))
        {
            value = Text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
            return true;
        }
        if (HexPattern().IsMatch(Text) && TryRadix(out long whole))
        {
            value = whole;
            return true;
        }
        return NumberPattern().IsMatch(Text) && double.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out value)
            && double.IsFinite(value);
    }

    /// <summary>Reads a number in single precision, rounded once from the decimal text.</summary>
    public bool TrySingle(out float value)
    {
        value = 0;
        if (!TryNumber(out double number))
            return false;
        value = NumberPattern().IsMatch(Text) ? float.Parse(Text, NumberStyles.Float, CultureInfo.InvariantCulture) : (float)number;
        return float.IsFinite(value) || double.IsInfinity(number);
    }

    private bool TryRadix(out long value) => Text[1] == 'x'
        ? long.TryParse(Text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value) && value >= 0
        : TryOctal(out value);

    private bool TryOctal(out long value)
    {
        value = 0;
        if (Text.Length > 2 + 20)
            return false;
        foreach (char digit in Text.AsSpan(2))
            value = (value << 3) | (uint)(digit - '0');
        return true;
    }

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex NumberPattern();

    [GeneratedRegex(@"^0(x[0-9a-fA-F]{1,16}|o[0-7]+)$", RegexOptions.CultureInvariant)]
    private static partial Regex HexPattern();

    [GeneratedRegex(@"^[-+]?\.(inf|Inf|INF)$", RegexOptions.CultureInvariant)]
    private static partial Regex InfinityPattern();

    [GeneratedRegex(@"^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$", RegexOptions.CultureInvariant)]
    private static partial Regex SpecialPattern();
}
