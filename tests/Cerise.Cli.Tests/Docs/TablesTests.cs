using System.Text.RegularExpressions;
using System.Xml.Linq;
using Cerise.Models.Configs;
using Cerise.Testing;
using Cerise.Training.Recipes;
using Cerise.Training.Rewards;
using Cerise.Training.Runs;
using Cerise.Training.Stages;

namespace Cerise.Cli.Tests.Docs;

/// <summary>The documents' tables say what the code says: settings, rewards, metrics, packages, folders.</summary>
public sealed partial class TablesTests
{
    public static TheoryData<string> Stages => [.. StageKinds.Names];

    public static TheoryData<string> Projects => ["Cerise.Tensors", "Cerise.Data", "Cerise.Models", "Cerise.Training", "Cerise.Studio", "Cerise.Cli"];

    [Theory]
    [MemberData(nameof(Stages))]
    public void Every_setting_of_a_stage_stands_in_the_recipe_page_with_its_default(string kind)
    {
        List<string> described = [];
        foreach ((string heading, string[] header, string[] cells) in Document.Of("docs/recipes.md").Rows().Where(row => row.Header[0] == "setting"))
        {
            int column = Array.IndexOf(header, heading == $"`{kind}`" ? "default" : kind);
            if (column > 0)
                described.AddRange(Document.CodeIn(cells[0]).Select(name => $"{name} = {string.Concat(Document.CodeIn(cells[column]))}"));
        }
        IEnumerable<string> settings = OptionsFlags.Of(StageKinds.OptionsOf(kind)).Select(flag => $"{flag.Name} = {flag.Default}");
        Assert.Equal(settings.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_reward_and_verifier_stands_in_the_recipe_page()
    {
        RewardRegistry registry = new();
        Assert.Equal(registry.Names.Order(StringComparer.Ordinal), FirstColumn("docs/recipes.md", "reward"));
        Assert.Equal(registry.Verifiers.Kinds.Order(StringComparer.Ordinal), FirstColumn("docs/recipes.md", "kind"));
    }

    [Fact]
    public void Every_family_stands_in_the_page_of_models() =>
        Assert.Equal(ModelConfig.KnownModelTypes.Order(StringComparer.Ordinal), FirstColumn("docs/models.md", "`model_type`"));

    [Fact]
    public void Every_metric_that_is_written_is_described_and_no_other()
    {
        string[] sources = [.. Directory.EnumerateFiles(InRepository("src/Cerise.Training/Trainers"), "*.cs"), InRepository("src/Cerise.Training/Stages/TrainingLoop.cs")];
        string likelihood = File.ReadAllText(InRepository("src/Cerise.Training/Trainers/LikelihoodSums.cs"));
        string rewards = File.ReadAllText(InRepository("src/Cerise.Training/Rewards/RewardScores.cs"));
        IEnumerable<string> written = sources.SelectMany(path => MetricWritten().Matches(File.ReadAllText(path)))
            .Concat(RewardMetric().Matches(rewards))
            .Select(match => match.Groups[1].Value.Replace("{component.Name}", "{name}", StringComparison.Ordinal))
            .Concat(MetricWritten().Matches(likelihood).Select(match => $"eval_{match.Groups[1].Value}"))
            .Distinct();
        Assert.Equal(written.Order(StringComparer.Ordinal), FirstColumn("docs/metrics.md", "metric"));
    }

    [Fact]
    public void Every_column_of_the_evaluation_is_described() =>
        Assert.Equal(
            typeof(EvaluationRow).GetProperties().Select(property => SnakeCase.From(property.Name)).Order(StringComparer.Ordinal),
            FirstColumn("docs/metrics.md", "column"));

    [Fact]
    public void Every_package_is_explained_in_its_version()
    {
        IEnumerable<string> packages = XDocument.Load(InRepository("Directory.Packages.props")).Descendants("PackageVersion")
            .Select(package => $"{package.Attribute("Include")!.Value} {package.Attribute("Version")!.Value}");
        Document page = Document.Of("docs/dependencies.md");
        IEnumerable<string> listed = page.Rows().Where(row => row.Header[0] == "package").Select(row => $"{Document.CodeIn(row.Cells[0]).Single()} {row.Cells[1]}");
        Assert.Equal(packages.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
        Assert.All(packages, package => Assert.Contains($"\n## {package.Split(' ')[0]}\n", page.Text, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Every_folder_uses_what_the_architecture_page_says(string project)
    {
        IEnumerable<string> described = Document.Of("docs/architecture.md").Rows()
            .Where(row => row.Header[0] == "folder" && row.Heading == $"`{project}`")
            .Select(row => $"{row.Cells[0].Trim('`')}: {string.Join(", ", Document.CodeIn(row.Cells[2]).Order(StringComparer.Ordinal))}");
        IEnumerable<string> actual = ProjectFolder.Of(project).Select(folder => $"{folder.Name}: {string.Join(", ", folder.Uses)}");
        Assert.Equal(actual.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> FirstColumn(string page, string header) =>
        Document.Of(page).Rows().Where(row => row.Header[0] == header).SelectMany(row => Document.CodeIn(row.Cells[0])).Distinct().Order(StringComparer.Ordinal);

    private static string InRepository(string path) => Path.Combine(TestPaths.Repository, path);

    // { "loss", value }, metrics["kl"] = value
    [GeneratedRegex(@"(?:\{ |[mM]etrics\[)""([\w/]+)""(?:,|\] =)")]
    private static partial Regex MetricWritten();

    [GeneratedRegex(@"\$""(rewards/[\w/{}.]+)""")]
    private static partial Regex RewardMetric();
}
