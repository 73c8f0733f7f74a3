using System.Text;
using Cerise.Testing;
using Cerise.Training.Runs;
using Cerise.Training.Runs.Reports;
using Cerise.Training.Tests.Runs;

namespace Cerise.Training.Tests.Hostile;

/// <summary>Run folders whose files are damaged before they are read again: by a resumed run, and by a report.</summary>
public sealed class RunMutationTests
{
    private static readonly Mutator Words = new("\"stage\":", "\"step\":", "\"logs\":", "\"finished\":", "\"files\":", "\"checksum\":", "\"metrics.jsonl\"", "../", "\n");

    [Theory]
    [InlineData("progress.json", 300)]
    [InlineData("environment.json", 150)]
    [InlineData("recipe.yaml", 150)]
    public void A_resumed_run(string name, int share)
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string run = folder.File("run");
        new FakeRun(run).ToTheEnd(resume: false, stopAt: 3);
        string file = Path.Combine(run, name);
        byte[] example = File.ReadAllBytes(file);
        New(name).Run([example], share, bytes =>
        {
            File.WriteAllBytes(file, bytes);
            RunFolder.Open(run, FakeRun.Recipe, FakeRun.Environment, resume: true, new FixedTime()).Dispose();
        });
    }

    [Fact]
    public void Manifests_of_checkpoints()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string run = folder.File("run");
        new FakeRun(run).ToTheEnd(resume: false, stopAt: 3);
        string file = Directory.GetFiles(run, "manifest.json", SearchOption.AllDirectories)[0];
        byte[] example = File.ReadAllBytes(file);
        // A damaged one is set aside with a word on what is wrong; a checkpoint is never read after that.
        New("manifest.json").Run([example], 2000, bytes =>
        {
            File.WriteAllBytes(file, bytes);
            if (CheckpointManifest.Check(Path.GetDirectoryName(file)!, out string damage) is null)
                throw new RunException(damage);
        });
    }

    [Theory]
    [InlineData("metrics.jsonl")]
    [InlineData("samples.jsonl")]
    [InlineData("progress.json")]
    [InlineData("recipe.yaml")]
    [InlineData("evaluation.json")]
    public void A_report(string name)
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string run = folder.File("run");
        new FakeRun(run).ToTheEnd(resume: false, stopAt: 3);
        string file = Path.Combine(run, name);
        byte[] example = File.Exists(file) ? File.ReadAllBytes(file)
            : Encoding.UTF8.GetBytes("""[{"stage":"evaluate","task":"t","rows":[{"model":"m","accuracy":0.5,"low":0.4,"high":0.6,"problems":10,"mean_length":5.5,"well_formed":1}]}]""");
        New($"{name} of a report").Run([example], 700, bytes =>
        {
            File.WriteAllBytes(file, bytes);
            ReportPage.Render(run);
        });
    }

    private static Mutations New(string format) => new(format, typeof(RunException)) { Mutator = Words };
}
