using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Cerise.Cli;

/// <summary>Makes flags whose values are checked while they are read, with messages that say what is expected.</summary>
internal static class Flag
{
    /// <summary>A text, such as a path.</summary>
    public static Option<string> Text(string name, string value, string help, bool required = false) =>
        new(name) { HelpName = value, Description = help, Required = required };

    /// <summary>A text that may be given several times.</summary>
    public static Option<string[]> Texts(string name, string value, string help, bool required = false) =>
        new(name) { HelpName = value, Description = help, Required = required, Arity = ArgumentArity.OneOrMore };

    /// <summary>One of a few words.</summary>
    public static Option<string> Choice(string name, IReadOnlyList<string> choices, string help) => new(name)
    {
        HelpName = string.Join('|', choices),
        Description = help,
        CustomParser = result =>
        {
            string value = result.Tokens[0].Value;
            if (!choices.Contains(value))
                result.AddError($"{name} is '{value}'; use {string.Join(", ", choices)}.");
            return value;
        },
    };

    /// <summary>A yes-or-no flag.</summary>
    public static Option<bool> Switch(string name, string help) => new(name) { Description = help };

    /// <summary>A whole number in a range; null when not given.</summary>
    public static Option<int?> Integer(string name, string value, string help, int least = 1, int most = int.MaxValue) => new(name)
    {
        HelpName = value,
        Description = help,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most)
                return number;
            result.AddError($"{name} is '{text}'; use a whole number {(most == int.MaxValue ? $"of {least} or more" : $"in [{least}, {most}]")}.");
            return null;
        },
    };

    /// <summary>A whole number of 64 bits; null when not given.</summary>
    public static Option<long?> Long(string name, string value, string help) => new(name)
    {
        HelpName = value,
        Description = help,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
                return number;
            result.AddError($"{name} is '{text}'; use a whole number.");
            return null;
        },
    };

    /// <summary>A number within limits; null when not given.</summary>
    /// <param name="name">With dashes.</param>
    /// <param name="value">What help calls the value.</param>
    /// <param name="help">What it is for.</param>
    /// <param name="fits">Whether a finite number is allowed.</param>
    /// <param name="expected">Completes "use a number ...".</param>
    public static Option<double?> Number(string name, string value, string help, Func<double, bool> fits, string expected) => new(name)
    {
        HelpName = value,
        Description = help,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) && fits(number))
                return number;
            result.AddError($"{name} is '{text}'; use a number {expected}.");
            return null;
        },
    };

    /// <summary>A list of words between commas, each one of those known; the <paramref name="usual"/> ones, or all of them, when not given.</summary>
    public static Option<string[]> Words(string name, IReadOnlyList<string> known, string help, IReadOnlyList<string>? usual = null) => new(name)
    {
        HelpName = string.Join(',', known),
        Description = help,
        CustomParser = result => SplitWords(name, known, result),
        DefaultValueFactory = _ => [.. usual ?? known],
    };

    private static string[] SplitWords(string name, IReadOnlyList<string> known, ArgumentResult result)
    {
        const StringSplitOptions tidy = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
        string[] words = [.. result.Tokens.SelectMany(token => token.Value.Split(',', tidy))];
        foreach (string word in words)
            if (!known.Contains(word))
                result.AddError($"{name}: {Training.Recipes.NearestName.Explain("name", word, [.. known])}.");
        if (words.Length == 0)
            result.AddError($"{name} is empty; use one or more of {string.Join(", ", known)}.");
        return words;
    }
}
