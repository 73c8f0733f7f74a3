using System.CommandLine;
using System.Text.RegularExpressions;
using Cerise.Testing;
using Cerise.Training.Recipes;
using Cerise.Training.Stages;

namespace Cerise.Cli.Tests.Docs;

/// <summary>What the documents name exists, and what they show works.</summary>
public sealed partial class DocumentsTests
{
    [Fact]
    public void Every_link_leads_to_a_file_and_a_heading_of_it()
    {
        List<string> faults = [];
        foreach (Document page in Document.All)
        {
            foreach (Match link in Link().Matches(page.Text))
            {
                (string file, string anchor) = (link.Groups[1].Value, link.Groups[2].Value);
                string folder = Path.GetDirectoryName(page.Path) ?? "";
                string target = file.Length == 0 ? page.Path : Path.GetRelativePath(TestPaths.Repository, InRepository(Path.Combine(folder, file))).Replace('\\', '/');
                if (!Exists(target))
                    faults.Add($"{page.Path}: {link.Value}: there is no {target}");
                else if (anchor.Length > 0 && !Document.Of(target).Anchors.Contains(anchor))
                    faults.Add($"{page.Path}: {link.Value}: {target} has no heading for it");
            }
        }
        Assert.Empty(faults);
    }

    [Fact]
    public void Every_decision_is_in_the_index() =>
        Assert.All(Document.All.Where(page => Decision().IsMatch(page.Path)), page =>
            Assert.Contains($"({Path.GetFileName(page.Path)})", Document.Of("docs/decisions/README.md").Text, StringComparison.Ordinal));

    [Fact]
    public void Every_path_named_exists()
    {
        Assert.Empty(Document.All.SelectMany(page => SourcePath().Matches(page.Text)
            .Where(match => !Exists(match.Value))
            .Select(match => $"{page.Path}: there is no {match.Value}")));
    }

    // Not in decisions, which are never rewritten, so that what they name may be gone.
    [Theory]
    [InlineData("docs/architecture.md")]
    [InlineData("docs/algorithms/")]
    [InlineData("docs/how-to/")]
    public void Every_type_named_exists(string pages)
    {
        HashSet<string> identifiers = [.. Directory.EnumerateFiles(InRepository("src"), "*.cs", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(InRepository("tests"), "*.cs", SearchOption.AllDirectories))
            .SelectMany(path => Identifier().Matches(File.ReadAllText(path)).Select(match => match.Value))];
        Assert.Empty(Document.All.Where(page => page.Path.StartsWith(pages, StringComparison.Ordinal))
            .SelectMany(page => page.Code.Where(code => TypeName().IsMatch(code) && !code.Split('.').All(identifiers.Contains)).Select(code => $"{page.Path}: {code}")));
    }

    [Fact]
    public void The_README_lists_every_verb_and_no_other()
    {
        IEnumerable<string> listed = Document.Of("README.md").Rows().Where(row => row.Heading == "The verbs").SelectMany(row => Document.CodeIn(row.Cells[0])).Select(code => code.Split(' ')[0]);
        Assert.Equal(Verbs.Keys.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_command_names_a_verb_and_flags_it_has()
    {
        List<string> faults = [];
        foreach (Document page in Document.All)
        {
            foreach (Match command in Command().Matches(page.Text))
            {
                string name = command.Groups[1].Value;
                if (!Verbs.TryGetValue(name, out Command? verb))
                    faults.Add($"{page.Path}: {command.Value}: there is no verb '{name}'");
                else
                    faults.AddRange(LongFlag().Matches(command.Groups[2].Value).Select(flag => flag.Value)
                        .Where(flag => flag is not ("--help" or "--threads" or "--device") && verb.Options.All(option => option.Name != flag))
                        .Select(flag => $"{page.Path}: {command.Value}: '{name}' has no flag {flag}"));
            }
        }
        Assert.Empty(faults);
    }

    [Fact]
    public void Every_recipe_shown_can_be_run()
    {
        string[] recipes = [.. Document.All.SelectMany(page => page.Blocks("yaml"))];
        Assert.NotEmpty(recipes);
        Assert.All(recipes, text =>
        {
            RecipeDocument recipe = RecipeDocument.Parse(text, "example.yaml");
            Assert.Equal(recipe.Stages.Count, StageKinds.Bind(recipe).Count);
        });
    }

    [Fact]
    public void Every_piece_of_code_shown_is_in_a_test()
    {
        string tests = string.Concat(Directory.EnumerateFiles(InRepository("tests/Cerise.Cli.Tests/Docs"), "*.cs").Select(path => Flush(File.ReadAllText(path))));
        string[] pieces = [.. Document.All.SelectMany(page => page.Blocks("csharp"))];
        Assert.NotEmpty(pieces);
        Assert.All(pieces, piece => Assert.Contains(Flush(piece), tests, StringComparison.Ordinal));
    }

    private static Dictionary<string, Command> Verbs { get; } = CommandLine.NewVerbs().ToDictionary(verb => verb.Command.Name, verb => verb.Command);

    private static string InRepository(string path) => Path.GetFullPath(Path.Combine(TestPaths.Repository, path));

    private static bool Exists(string path) => File.Exists(InRepository(path)) || Directory.Exists(InRepository(path));

    // A piece of code may stand deeper in its test than on the page.
    private static string Flush(string code) => string.Join('\n', code.ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimStart()));

    [GeneratedRegex(@"\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]+))?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^docs/decisions/\d")]
    private static partial Regex Decision();

    [GeneratedRegex(@"(?<![\w./-])(?:src|tests|recipes|docs|bench)/[\w./-]*\w/?")]
    private static partial Regex SourcePath();

    [GeneratedRegex(@"\w+")]
    private static partial Regex Identifier();

    [GeneratedRegex(@"^(?:[A-Z]\w*[a-z]\w*)(?:\.[A-Z]\w+)*$")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"\./cerise ([a-z][a-z-]*)([^`#\n]*)")]
    private static partial Regex Command();

    [GeneratedRegex(@"(?<=\s)--[\w.-]*\w")]
    private static partial Regex LongFlag();
}
