using System.Text.RegularExpressions;
using Cerise.Testing;

namespace Cerise.Cli.Tests;

/// <summary>The examples that the help shows, taken from the help and run.</summary>
public sealed partial class ExamplesTests
{
    private static readonly string[] Made = ["my-", "runs/", "README.md", "examples.jsonl"];

    // Flags that make the training verbs' examples small enough for a test; the examples' own flags stay as they are.
    private static readonly Dictionary<string, string[]> Smaller = new()
    {
        ["run"] = ["--no-progress", "--set", "stages.pretrain.max_steps=4", "--set", "stages.grpo.max_steps=1", "--set", "stages.task.documents=300"],
        ["pretrain"] = ["--no-progress", "--batch_size", "2"],
        ["sft"] = ["--no-progress", "--batch_size", "2"],
        ["grpo"] = ["--no-progress", "--max_steps", "1", "--prompts_per_step", "2", "--num_generations", "2", "--max_completion_length", "8"],
        ["bench"] = ["--repeat", "1"],
        ["serve"] = ["--port", "0"],
    };

    [Fact]
    public void Every_example_of_the_help_works_after_those_before_it()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        File.WriteAllText(
            folder.File("README.md"), string.Concat(Enumerable.Range(0, 200).Select(i => $"Line {i} of a text about words, {i * i} of them.\n")));
        File.WriteAllText(
            folder.File("examples.jsonl"), "{\"prompt\":\"2 + 3 =\",\"completion\":\" 5\"}\n{\"prompt\":\"2 + 4 =\",\"completion\":\" 6\"}\n");
        foreach (IVerb verb in CommandLine.NewVerbs())
        {
            string line = Cli.Succeed(verb.Command.Name, "--help").Output.Split("\nExample:\n  ")[1].Trim();
            Match match = Example().Match(line);
            Assert.True(match.Success, line);
            string input = match.Groups["printf"].Value.Replace("\\n", "\n", StringComparison.Ordinal) + match.Groups["echo"].Value;
            string[] args =
            [
                .. Word().Matches(match.Groups["args"].Value).Select(word => Place(word.Value.Trim('"', '\''), folder)),
                .. Smaller.GetValueOrDefault(verb.Command.Name, []),
            ];
            Cli.Outcome outcome = verb.Command.Name == "serve" ? RunningServer.RunOnce(args) : Cli.RunWithInput(input, args);
            Assert.True(outcome.Code == ExitCodes.Done, $"{line}: {outcome.Error}");
        }
    }

    // What the examples make and read lies in the test's folder; recipes lie in the repository, as for a person who stands at its root.
    private static string Place(string word, TemporaryFolder folder) =>
        word.StartsWith("recipes/", StringComparison.Ordinal) ? Path.Combine(TestPaths.Repository, word)
            : Made.Any(made => word.StartsWith(made, StringComparison.Ordinal)) ? folder.File(word)
            : word;

    [GeneratedRegex("""^(echo '(?<echo>[^']*)' \| |printf '(?<printf>[^']*)' \| )?\./cerise (?<args>.*)$""")]
    private static partial Regex Example();

    [GeneratedRegex("\"[^\"]*\"|'[^']*'|\\S+")]
    private static partial Regex Word();
}
