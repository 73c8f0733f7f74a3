using System.Diagnostics;
using System.Globalization;
using Cerise.Testing;
using Cerise.Training.Runs;

namespace Cerise.Training.Tests.Runs;

public sealed class RunFolderTests
{
    private static RunFolder Open(string path, bool resume = false, string recipe = FakeRun.Recipe) => RunFolder.Open(path, recipe, FakeRun.Environment, resume, new FixedTime());

    private static void Begin(string path)
    {
        using RunFolder run = Open(path);
        run.BeginStage("one");
    }

    private static string Refusal(Action open) => Assert.Throws<RunException>(open).Message;

    [Fact]
    public void A_new_folder_holds_recipe_and_environment()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string path = folder.File("runs/fake");
        using (RunFolder run = Open(path))
        {
            Assert.False(run.IsResumed);
            run.WriteJson("preflight.json", new { AllWell = true, Ratio = double.NaN });
        }
        Assert.Equal(FakeRun.Recipe, File.ReadAllText(Path.Combine(path, "recipe.yaml")));
        Assert.Contains("\"simd\": \"Vector512\"", File.ReadAllText(Path.Combine(path, "environment.json")), StringComparison.Ordinal);
        Assert.Equal("{\n  \"all_well\": true,\n  \"ratio\": \"NaN\"\n}\n", File.ReadAllText(Path.Combine(path, "preflight.json")));
        Assert.False(File.Exists(Path.Combine(path, "run.pid")));
    }

    [Fact]
    public void A_second_process_is_refused_with_the_pid_of_the_first()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        using RunFolder run = Open(folder.File("r"));
        string pid = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        Assert.Equal($"{folder.File("r")}: process {pid} is at work in this run folder. Wait for it or stop it, or name another folder with --out.", Refusal(() => Open(folder.File("r"), resume: true)));
    }

    [Fact]
    public void The_lock_of_a_killed_process_does_not_block()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/flock"), "there is no flock program here to hold the lock from another process");
        using TemporaryFolder folder = TestPaths.NewFolder();
        Begin(folder.File("r"));
        var start = new ProcessStartInfo("/usr/bin/flock", ["--close", folder.File("r/run.lock"), "sh", "-c", "echo held; exec sleep 600"]) { RedirectStandardOutput = true };
        using Process other = Process.Start(start)!;
        Assert.Equal("held", other.StandardOutput.ReadLine());
        File.WriteAllText(folder.File("r/run.pid"), "4711\n");
        Assert.Contains("process 4711 is at work", Refusal(() => Open(folder.File("r"), resume: true)), StringComparison.Ordinal);

        other.Kill(entireProcessTree: true);
        other.WaitForExit();
        using RunFolder run = Open(folder.File("r"), resume: true);
        Assert.True(run.IsResumed);
    }

    [Fact]
    public void A_run_that_is_there_already_needs_resume()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string path = folder.File("r");
        new FakeRun(path).ToTheEnd(resume: true, stopAt: 5);                // resume of an absent folder begins
        Assert.Equal($"{path}: holds this run already (in 'warm' at step 4). Add --resume to go on with it, or name another folder with --out.", Refusal(() => Open(path)));
        new FakeRun(path).ToTheEnd(resume: true);
        Assert.Contains("(2 stages done)", Refusal(() => Open(path)), StringComparison.Ordinal);
        using RunFolder run = Open(path, resume: true);
        Assert.True(run.IsFinished("zero"));
        Assert.Throws<ArgumentException>(() => run.BeginStage("zero"));
    }

    [Fact]
    public void Another_recipe_is_refused_with_the_keys_that_differ()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        Begin(folder.File("r"));
        string message = Refusal(() => Open(folder.File("r"), resume: true, recipe: FakeRun.Recipe.Replace("seed: 1", "seed: 2", StringComparison.Ordinal)));
        Assert.Equal($"{folder.File("r")}: holds a run of another recipe. Name another folder with --out, or use the same settings; they differ in\n  seed: 1 there, 2 here", message);
        using RunFolder run = Open(folder.File("r"), resume: true);         // the refusal left no lock behind
    }

    [Fact]
    public void A_run_whose_first_stage_has_not_begun_is_begun_anew_with_any_recipe()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string other = FakeRun.Recipe.Replace("seed: 1", "seed: 2", StringComparison.Ordinal);
        Open(folder.File("r")).Dispose();
        using RunFolder run = Open(folder.File("r"), recipe: other);
        Assert.False(run.IsResumed);
        Assert.Equal(other, File.ReadAllText(folder.File("r/recipe.yaml")));
    }

    [Fact]
    public void A_run_that_has_checkpoints_is_kept_from_another_recipe_even_without_its_progress()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string path = folder.File("r");
        using (RunFolder run = Open(path))
        {
            run.BeginStage("one");
            run.SaveCheckpoint("one", 1, target => File.WriteAllText(System.IO.Path.Combine(target, "w"), "1"));
        }
        File.Delete(folder.File("r/progress.json"));
        string other = FakeRun.Recipe.Replace("seed: 1", "seed: 2", StringComparison.Ordinal);
        Assert.Contains("holds a run of another recipe", Refusal(() => Open(path, resume: true, recipe: other)), StringComparison.Ordinal);
        using RunFolder again = Open(path, resume: true);
        Assert.Equal(1, again.BeginStage("one")?.Step);
    }

    [Fact]
    public void A_folder_of_somebody_else_is_refused_untouched()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        File.WriteAllText(folder.File("thesis.tex"), "");
        Assert.Contains("holds 'thesis.tex' and is no run folder", Refusal(() => Open(folder.Path)), StringComparison.Ordinal);
        Assert.Single(Directory.GetFileSystemEntries(folder.Path));
        Assert.Contains("is a file, not a folder", Refusal(() => Open(folder.File("thesis.tex"))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_killed_in_its_first_moment_can_be_started_again()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        File.WriteAllText(folder.File("run.lock"), "");
        File.WriteAllText(folder.File("run.pid"), "1\n");
        File.WriteAllText(folder.File(".recipe.yaml.tmp"), "na");
        using RunFolder run = Open(folder.Path);
        Assert.False(run.IsResumed);
    }

    [Fact]
    public void Damaged_progress_or_recipe_is_one_clear_error()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        new FakeRun(folder.File("r")).ToTheEnd(resume: false, stopAt: 3);
        string progress = File.ReadAllText(folder.File("r/progress.json"));
        File.WriteAllText(folder.File("r/progress.json"), progress[..10]);
        Assert.Contains("progress.json: cannot be read:", Refusal(() => Open(folder.File("r"), resume: true)), StringComparison.Ordinal);
        File.WriteAllText(folder.File("r/progress.json"), progress);
        File.WriteAllText(folder.File("r/metrics.jsonl"), "");
        Assert.Contains("metrics.jsonl: 0 bytes, but the checkpoint was saved when it had", Refusal(() => new FakeRun(folder.File("r")).ToTheEnd(resume: true)), StringComparison.Ordinal);
    }

    [Fact]
    public void Another_instruction_set_is_a_warning()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        Begin(folder.Path);
        using RunFolder run = RunFolder.Open(folder.Path, FakeRun.Recipe, FakeRun.Environment with { Simd = "Vector256" }, resume: true);
        Assert.Contains("began on Vector512 and goes on with Vector256", Assert.Single(run.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void The_environment_names_version_machine_and_time()
    {
        var time = new FixedTime();
        RunEnvironment here = RunEnvironment.Collect("Vector512", 2, time);
        Assert.Equal(("0.1.0", time.Now, 2), (here.Version, here.Started, here.Threads));
        Assert.StartsWith(".NET 10", here.Dotnet, StringComparison.Ordinal);
        Assert.NotEmpty(here.Cpu);
        Assert.DoesNotContain("+", here.Commit ?? "", StringComparison.Ordinal);
    }
}
