using Cerise.Testing;

namespace Cerise.Cli.Tests.Verbs;

public sealed class ReportVerbTests
{
    [Fact]
    public void The_report_s_path_is_printed()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        File.WriteAllText(folder.File("recipe.yaml"), "name: x\nseed: 1\nstages:\n  - stage: evaluate\n    name: last\n");
        Assert.Equal(folder.File("report.html") + "\n", Cli.Succeed("report", folder.Path).Output);
        Assert.True(File.Exists(folder.File("report.html")));
    }

    [Fact]
    public void A_folder_without_a_run_is_refused()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        Assert.Contains("is no run folder", Cli.Fail(ExitCodes.Failed, "report", folder.Path));
        Assert.StartsWith("no/such: no such folder.", Cli.Fail(ExitCodes.Failed, "report", "no/such"));
    }
}
