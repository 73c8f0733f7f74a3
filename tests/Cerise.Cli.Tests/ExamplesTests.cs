using System.Text.RegularExpressions;
using Cerise.Testing;

namespace Cerise.Cli.Tests;

/// <summary>The examples that the help shows, taken from the help and run.</summary>
public sealed partial class ExamplesTests
{
    private static readonly string[] Made = ["my-tokenizer", "my-model", "README.md", "runs/smoke"];

    [Fact]
    public void Every_example_of_the_help_works_after_those_before_it()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        File.WriteAllText(folder.File("README.md"), string.Concat(Enumerable.Range(0, 200).Select(i => $"Line {i} of a text about words, {i * i} of them.\n")));
        Directory.CreateDirectory(folder.File("runs/smoke"));
        File.WriteAllText(folder.File("runs/smoke/recipe.yaml"), "name: smoke\nseed: 1\nstages:\n  - stage: evaluate\n    name: last\n");
        foreach (IVerb verb in CommandLine.NewVerbs())
        {
            string line = Cli.Succeed(verb.Command.Name, "--help").Output.Split("\nExample:\n  ")[1].Trim();
            Match match = Example().Match(line);
            Assert.True(match.Success, line);
            string input = match.Groups["printf"].Success ? match.Groups["printf"].Value.Replace("\\n", "\n", StringComparison.Ordinal) : match.Groups["echo"].Value;
            string[] args = [.. Word().Matches(match.Groups["args"].Value).Select(word => word.Value.Trim('"')).Select(word => Made.Contains(word) ? folder.File(word) : word)];
            Cli.Outcome outcome = Cli.RunWithInput(input, args);
            Assert.True(outcome.Code == ExitCodes.Done, $"{line}: {outcome.Error}");
        }
    }

    [GeneratedRegex("""^(echo '(?<echo>[^']*)' \| |printf '(?<printf>[^']*)' \| )?\./cerise (?<args>.*)$""")]
    private static partial Regex Example();

    [GeneratedRegex("\"[^\"]*\"|\\S+")]
    private static partial Regex Word();
}
