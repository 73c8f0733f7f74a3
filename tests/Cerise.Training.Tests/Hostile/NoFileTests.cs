using Cerise.Testing;
using Cerise.Training.Recipes;
using Cerise.Training.Rewards;
using Cerise.Training.Runs;
using Cerise.Training.Runs.Reports;
using Cerise.Training.Tests.Runs;

namespace Cerise.Training.Tests.Hostile;

/// <summary>Paths of files that name something else: refused before they are opened, since opening a pipe waits for its writer.</summary>
public sealed class NoFileTests
{
    [Fact]
    public void A_named_pipe_is_no_recipe()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string pipe = SpecialFiles.NamedPipe(folder.File("recipe.yaml"));
        Assert.Contains("is a named pipe", Assert.Throws<RecipeException>(() => RecipeDocument.Load(pipe)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_named_pipe_is_no_list_of_words()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string pipe = SpecialFiles.NamedPipe(folder.File("words.txt"));
        Assert.Contains("is a named pipe", Assert.Throws<RewardException>(() => new SpellingReward(pipe)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("recipe.yaml")]
    [InlineData("progress.json")]
    [InlineData("metrics.jsonl")]
    public void A_named_pipe_is_no_file_of_a_run(string name)
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string run = folder.File("run");
        new FakeRun(run).ToTheEnd(resume: false, stopAt: 3);
        File.Delete(Path.Combine(run, name));
        SpecialFiles.NamedPipe(Path.Combine(run, name));
        Assert.Contains("is a named pipe", Assert.Throws<RunException>(() => ReportPage.Render(run)).Message, StringComparison.Ordinal);
    }
}
