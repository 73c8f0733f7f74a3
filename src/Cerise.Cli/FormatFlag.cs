using System.CommandLine;
using Cerise.Training.Recipes;
using Cerise.Training.Verifiers;

namespace Cerise.Cli;

/// <summary>The form of reasoning responses, as a flag spells it.</summary>
internal static class FormatFlag
{
    private static readonly Dictionary<string, FormatMode> Modes = Enum.GetValues<FormatMode>().ToDictionary(mode => SnakeCase.From(mode.ToString()));

    /// <summary>The flag.</summary>
    public static Option<string> New(string name, string help) => Flag.Choice(name, [.. Modes.Keys], help);

    /// <summary>What it says; null where it is not given.</summary>
    public static FormatMode? ModeOf(ParseResult flags, Option<string> flag) => flags.GetValue(flag) is { } name ? Modes[name] : null;
}
