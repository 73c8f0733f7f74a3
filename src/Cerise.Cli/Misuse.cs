using System.CommandLine;
using System.CommandLine.Parsing;
using Cerise.Training.Recipes;

namespace Cerise.Cli;

/// <summary>Says what is wrong with a command line, naming the nearest verb or flag that exists.</summary>
internal static class Misuse
{
    /// <summary>The message for a command line that could not be read.</summary>
    /// <param name="parse">What the parser made of it.</param>
    public static string Explain(ParseResult parse)
    {
        Command command = parse.CommandResult.Command;
        string? unknown = parse.UnmatchedTokens.Count > 0 ? parse.UnmatchedTokens[0] : null;
        if (unknown is not null && command is RootCommand && !unknown.StartsWith('-'))
            return $"{NearestName.Explain("verb", unknown, [.. command.Subcommands.Select(verb => verb.Name)])}. See './cerise --help'.";
        if (unknown is not null && unknown.StartsWith('-'))
            return Sentence(command, NearestName.Explain("flag", unknown.Split('=')[0], [.. FlagsOf(parse)]));
        if (unknown is not null)
            return Sentence(command, $"'{unknown}' is one word too many; put a text with spaces in quotes");
        return Sentence(command, string.Join(" ", parse.Errors.Select(Describe).Distinct()).TrimEnd('.'));
    }

    private static string Describe(ParseError error) => error.SymbolResult switch
    {
        OptionResult { Tokens.Count: 0, IdentifierToken: not null } empty => $"{empty.Option.Name} needs a value ({empty.Option.HelpName}).",
        OptionResult { IdentifierToken: null } missing => $"{missing.Option.Name} is missing ({missing.Option.Description}).",
        OptionResult { IdentifierTokenCount: > 1, Option.Arity.MaximumNumberOfValues: 1 } twice =>
            $"{twice.Option.Name} is given {twice.IdentifierTokenCount} times; give it once.",
        ArgumentResult { Tokens.Count: 0, Parent: CommandResult } missing => $"{missing.Argument.Name} is missing ({missing.Argument.Description}).",
        _ => error.Message,
    };

    private static string Sentence(Command command, string what) =>
        command is RootCommand ? $"{what}. See './cerise --help'." : $"{command.Name}: {what}. See './cerise {command.Name} --help'.";

    private static IEnumerable<string> FlagsOf(ParseResult parse) => parse.CommandResult.Command.Options
        .Concat(parse.RootCommandResult.Command.Options.Where(option => option.Recursive))
        .Select(option => option.Name)
        .Distinct();
}
