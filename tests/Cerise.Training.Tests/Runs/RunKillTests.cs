using Cerise.Testing;

namespace Cerise.Training.Tests.Runs;

public sealed class RunKillTests
{
    [Fact]
    public void A_run_killed_at_any_moment_and_resumed_gives_the_same_bytes()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string whole = folder.File("whole");
        var moments = new List<string>();
        var unbroken = new FakeRun(whole)
        {
            BeforeStep = operation =>
            {
                string snapshot = folder.File($"kill-{moments.Count}");
                FakeRun.Copy(whole, snapshot);
                moments.Add(operation);
            },
        };
        unbroken.ToTheEnd(resume: false);
        SortedDictionary<string, string> expected = FakeRun.Bytes(whole);
        Assert.True(moments.Count > 80, $"only {moments.Count} moments");
        Assert.Contains(moments, moment => moment.StartsWith("rename", StringComparison.Ordinal));
        Assert.Contains(moments, moment => moment.StartsWith("delete", StringComparison.Ordinal));

        for (int i = 0; i < moments.Count; i++)
        {
            string killed = folder.File($"kill-{i}");
            File.AppendAllText(Path.Combine(killed, "metrics.jsonl"), "{\"stage\":\"zero\",\"st");       // a torn line on top
            Assert.Empty(new FakeRun(killed).ToTheEnd(resume: true));
            Assert.True(expected.SequenceEqual(FakeRun.Bytes(killed)), $"differs after a kill before '{moments[i]}' (moment {i})");
        }
    }

    [Fact]
    public void An_interrupted_run_goes_on_from_its_last_checkpoint()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        new FakeRun(folder.File("whole")).ToTheEnd(resume: false);
        string stopped = folder.File("stopped");
        for (int stop = 1; stop <= 5; stop++)
            new FakeRun(stopped).ToTheEnd(resume: true, stopAt: stop);
        new FakeRun(stopped).ToTheEnd(resume: true);
        Assert.Equal(FakeRun.Bytes(folder.File("whole")), FakeRun.Bytes(stopped));
    }

    [Fact]
    public void A_damaged_checkpoint_costs_steps_but_not_the_result()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        new FakeRun(folder.File("whole")).ToTheEnd(resume: false);
        string damaged = folder.File("damaged");
        new FakeRun(damaged).ToTheEnd(resume: false, stopAt: 5);
        File.WriteAllText(Path.Combine(damaged, "checkpoints", "warm", "step-4", "state.txt"), "12");
        IReadOnlyList<string> warnings = new FakeRun(damaged).ToTheEnd(resume: true);

        string warning = Assert.Single(warnings);
        Assert.Contains($"checkpoint {Path.Combine("warm", "step-4")} is damaged (state.txt is 2 bytes, ", warning, StringComparison.Ordinal);
        Assert.EndsWith("; set aside, going on from step 2", warning, StringComparison.Ordinal);
        Directory.Delete(Path.Combine(damaged, "checkpoints", "warm", "damaged-step-4"), recursive: true);
        Assert.Equal(FakeRun.Bytes(folder.File("whole")), FakeRun.Bytes(damaged));
    }
}
