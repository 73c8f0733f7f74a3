namespace Cerise.Data.Grammars;

/// <summary>JSON schema's string formats as regular expressions: texts that every validator accepts, not every text that one accepts.</summary>
internal static class StringFormats
{
    // February has 28 days: whether it has 29 cannot be told from the day alone.
    private const string Date = @"[1-9][0-9]{3}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))";
    private const string Time = @"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])";
    private const string Label = @"[A-Za-z0-9]([A-Za-z0-9-]{0,20}[A-Za-z0-9])?";
    private const string Octet = @"(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private const string Hex16 = @"[0-9a-f]{1,4}";

    private static readonly Dictionary<string, string> Patterns = new(StringComparer.Ordinal)
    {
        ["date"] = $"^{Date}$",
        ["time"] = $"^{Time}$",
        ["date-time"] = $"^{Date}T{Time}$",
        ["duration"] = @"^P([0-9]{1,4}W|[0-9]{1,4}D(T[0-9]{1,4}[HMS])?|[0-9]{1,4}M([0-9]{1,4}D)?|[0-9]{1,4}Y([0-9]{1,4}M([0-9]{1,4}D)?)?|T[0-9]{1,4}[HMS])$",
        ["email"] = $@"^[A-Za-z0-9_+-]{{1,20}}(\.[A-Za-z0-9_+-]{{1,20}}){{0,3}}@{Label}(\.{Label}){{0,3}}\.[A-Za-z]{{2,6}}$",
        ["hostname"] = $@"^{Label}(\.{Label}){{0,5}}$",
        ["ipv4"] = $@"^{Octet}\.{Octet}\.{Octet}\.{Octet}$",
        ["ipv6"] = $"^({Hex16}:){{7}}{Hex16}$",
        ["uuid"] = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
        ["uri"] = @"^https?://" + Label + @"(\." + Label + @"){0,4}(:[1-9][0-9]{0,3})?(/[A-Za-z0-9._~-]{1,40}){0,10}/?(\?[A-Za-z0-9._~=&-]{1,80})?(#[A-Za-z0-9._~-]{1,40})?$",
    };

    /// <summary>The names known.</summary>
    public static IEnumerable<string> Names => Patterns.Keys;

    /// <summary>The pattern of a format, or null.</summary>
    public static string? Pattern(string name) => Patterns.GetValueOrDefault(name);
}
