using System.Text;
using Cerise.Testing;
using Cerise.Training.Recipes;
using Cerise.Training.Stages;

namespace Cerise.Training.Tests.Hostile;

/// <summary>Damaged recipes: read and bound, or refused with all their faults.</summary>
public sealed class RecipeMutationTests
{
    private static readonly Mutator Words = new(
        "&a ", "*a", "<<: ", "!!int ", "!!binary ", "!tag ", "|\n  ", ">\n  ", "---\n", "...\n", "- ", ": ", "? ", "[", "{a: ", "${", "${x}", "$${", "stages:", "stage: ", "\n  ", "\t", "#", "%YAML 1.2\n", "yes", ".inf", ".nan", "~", "2001-01-01", "rewards: ");

    [Fact]
    public void Recipes()
    {
        string[] files = Directory.GetFiles(Path.Combine(TestPaths.Repository, "recipes"), "*.yaml");
        Assert.NotEmpty(files);
        new Mutations("recipe", typeof(RecipeException)) { Mutator = Words, StructuredShare = 0 }.Run([.. files.Select(File.ReadAllBytes)], 6000, bytes =>
        {
            var recipe = RecipeDocument.Parse(Encoding.UTF8.GetString(bytes), "recipe.yaml", [], ["model", "threads"]);
            recipe.Resolve(StageKinds.Bind(recipe));
        });
    }

    [Fact]
    public void Values_on_the_command_line()
    {
        const string text = "name: r\nseed: 1\nstages:\n  - stage: sft\n    name: warm\n    model: m\n    data: d\n    learning_rate: 1e-5\n";
        byte[][] values = [.. new[] { "stages.warm.learning_rate=1e-4", "stages.0.max_steps=10", "seed=3", "stages.warm.columns={prompt: q}", "description='x'" }.Select(Encoding.UTF8.GetBytes)];
        new Mutations("--set", typeof(RecipeException)) { Mutator = Words, StructuredShare = 0 }.Run(values, 4000, bytes =>
        {
            var recipe = RecipeDocument.Parse(text, "recipe.yaml", [Encoding.UTF8.GetString(bytes)]);
            recipe.Resolve(StageKinds.Bind(recipe));
        });
    }

    [Fact]
    public void References_that_multiply_end_before_they_fill_the_memory()
    {
        var laughs = new StringBuilder("name: r\nstages: []\na0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
        for (int i = 1; i < 30; i++)
            laughs.AppendLine(System.Globalization.CultureInfo.InvariantCulture, $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]");
        var references = new StringBuilder("name: r\na0: lollollollollollollollol\n");
        for (int i = 1; i < 30; i++)
            references.AppendLine(System.Globalization.CultureInfo.InvariantCulture, $"a{i}: {string.Concat(Enumerable.Repeat($"${{a{i - 1}}}", 10))}");
        references.AppendLine("stages:\n  - stage: sft\n    model: ${a29}");
        foreach (string text in (string[])[laughs.ToString(), references.ToString(), new string('[', 100_000), string.Concat(Enumerable.Repeat("a:\n ", 10_000)), "a: ${a}\nstages: []", string.Concat(Enumerable.Repeat("- ", 100_000))])
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            var error = Assert.Throws<RecipeException>(() => RecipeDocument.Parse(text, "recipe.yaml"));
            Assert.InRange(error.Message.Length, 20, 10_000);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000_000);
        }
    }
}
