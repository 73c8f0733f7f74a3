using System.Globalization;
using Cerise.Training.Runs;

namespace Cerise.Training.Tests.Runs;

/// <summary>Trains nothing, but logs, saves and finishes like a run: its state is a number that every step mixes.</summary>
internal sealed class FakeRun(string folder)
{
    public const string Recipe = "name: fake\nseed: 1\nstages:\n  - stage: sft\n    name: warm\n  - stage: grpo\n    name: zero\n";

    public static readonly RunEnvironment Environment = new() { Version = "0", Dotnet = "10", Os = "os", Cpu = "cpu", Cores = 2, Threads = 2, Simd = "Vector512", Started = new FixedTime().Now };

    /// <summary>Called before each file operation and after each step.</summary>
    public Action<string>? BeforeStep { get; init; }

    /// <summary>Runs to the end, or to a step where it stops as if interrupted.</summary>
    public IReadOnlyList<string> ToTheEnd(bool resume, int saveEvery = 2, int stopAt = int.MaxValue)
    {
        using RunFolder run = RunFolder.Open(folder, Recipe, Environment, resume, new FixedTime());
        run.BeforeStep = BeforeStep;
        uint state = 1;
        foreach (string stage in (string[])["warm", "zero"])
        {
            string model = Path.Combine(folder, "stages", stage);
            if (run.IsFinished(stage))
            {
                state = Read(model);
                continue;
            }
            StoredCheckpoint? from = run.BeginStage(stage);
            if (from is not null)
                state = Read(from.Folder);
            for (long step = (from?.Step ?? 0) + 1; step <= 5; step++)
            {
                state = (state * 1664525) + 1013904223;
                run.Log.Step(stage, step, new StepMetrics { { "loss", state / 7.0 }, { "reward", step / 3.0 } });
                run.Log.Sample(stage, step, new SampleRow("p", $"c{state}") { Reward = 1 });
                BeforeStep?.Invoke($"step {step}");
                if (step % saveEvery == 0)
                {
                    uint now = state;
                    run.SaveCheckpoint(stage, step, path => Write(path, now));
                }
                if (step == stopAt)
                    return run.Warnings;
            }
            uint last = state;
            AtomicFolder.Write(model, path => Write(path, last), BeforeStep);
            run.FinishStage(stage, 5);
        }
        return run.Warnings;
    }

    /// <summary>Every file of a finished run that must be the same in any two of them, by relative path.</summary>
    public static SortedDictionary<string, string> Bytes(string folder)
    {
        var bytes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            string name = Path.GetRelativePath(folder, file);
            if (name != "run.lock")
                bytes[name] = Convert.ToHexString(File.ReadAllBytes(file));
        }
        return bytes;
    }

    /// <summary>Copies a run folder as a kill would leave it: without the lock, which dies with its process.</summary>
    public static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories))
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string name = Path.GetRelativePath(from, file);
            if (name == "run.lock")
                continue;
            if (Path.GetFileName(name) is ['.', .., 't', 'm', 'p'])
            {
                // Being written, and locked: any part of it may have reached the disk.
                File.WriteAllText(Path.Combine(to, name), "{ \"ha");
                continue;
            }
            // Without a lock of our own: the run still has its files open.
            using var source = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using FileStream target = File.Create(Path.Combine(to, name));
            source.CopyTo(target);
        }
    }

    private static void Write(string folder, uint state)
    {
        File.WriteAllText(Path.Combine(folder, "state.txt"), state.ToString(CultureInfo.InvariantCulture));
        Directory.CreateDirectory(Path.Combine(folder, "inner"));
        File.WriteAllBytes(Path.Combine(folder, "inner", "weights.bin"), [.. Enumerable.Range(0, 100).Select(i => (byte)(state >> (i % 32)))]);
    }

    private static uint Read(string folder) => uint.Parse(File.ReadAllText(Path.Combine(folder, "state.txt")), CultureInfo.InvariantCulture);
}
