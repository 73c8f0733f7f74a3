using Cerise.Testing;
using Cerise.Training.Runs;

namespace Cerise.Training.Tests.Runs;

public sealed class CheckpointStoreTests
{
    private static void Save(CheckpointStore store, long step, int keep = 2) =>
        store.Save("grpo", step, folder => File.WriteAllText(Path.Combine(folder, "w.bin"), $"weights {step}"), keep);

    [Fact]
    public void The_newest_is_found_and_old_ones_go()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        var store = new CheckpointStore(folder.File("checkpoints"));
        Assert.Null(store.Latest("grpo"));
        foreach (long step in (long[])[2, 9, 10, 100])
            Save(store, step);
        StoredCheckpoint latest = store.Latest("grpo")!;
        Assert.Equal(("grpo", 100L, "weights 100"), (latest.Stage, latest.Step, File.ReadAllText(Path.Combine(latest.Folder, "w.bin"))));
        Assert.Equal(["step-10", "step-100"], Directory.GetDirectories(folder.File("checkpoints/grpo")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Save(store, 101, keep: 1);
        Assert.Equal(["step-101"], Directory.GetDirectories(folder.File("checkpoints/grpo")).Select(Path.GetFileName));
        Assert.Null(store.Latest("sft"));
        Assert.Empty(store.Warnings);
    }

    [Fact]
    public void A_step_saved_again_replaces_the_old_one()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        var store = new CheckpointStore(folder.Path);
        Save(store, 3);
        store.Save("grpo", 3, path => File.WriteAllText(Path.Combine(path, "w.bin"), "again"));
        Assert.Equal("again", File.ReadAllText(Path.Combine(store.Latest("grpo")!.Folder, "w.bin")));
        Assert.Equal(["step-3"], Directory.GetFileSystemEntries(folder.File("grpo")).Select(Path.GetFileName));
    }

    public static TheoryData<string, string> Damages => new()
    {
        { "missing", "w.bin is missing" },
        { "shorter", "w.bin is 1 bytes, 9 were saved" },
        { "flipped", "w.bin does not match its checksum" },
        { "no manifest", "manifest.json is missing" },
        { "torn manifest", "manifest.json: " },
        { "changed manifest", "manifest.json does not match its own checksum" },
        { "null manifest", "manifest.json: it is null" },
        { "another's", "its manifest is another checkpoint's" },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public void A_damaged_latest_falls_back_to_the_one_before_with_a_warning(string damage, string message)
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        var store = new CheckpointStore(folder.Path);
        Save(store, 1);
        Save(store, 2);
        Damage(folder.File("grpo/step-2"), damage);
        Assert.Equal(1, store.Latest("grpo")!.Step);
        Assert.Contains(message, Assert.Single(store.Warnings), StringComparison.Ordinal);
        Assert.True(Directory.Exists(folder.File("grpo/damaged-step-2")));
        Save(store, 2);
        Assert.Equal(2, store.Latest("grpo")!.Step);
    }

    [Fact]
    public void Nothing_but_damaged_checkpoints_is_an_error_each_time()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        var store = new CheckpointStore(folder.Path);
        Save(store, 1);
        Save(store, 2);
        Damage(folder.File("grpo/step-1"), "shorter");
        Damage(folder.File("grpo/step-2"), "missing");
        for (int i = 0; i < 2; i++)
        {
            string message = Assert.Throws<RunException>(() => store.Latest("grpo")).Message;
            Assert.Contains("no checkpoint is whole", message, StringComparison.Ordinal);
            Assert.Contains("w.bin is missing", message, StringComparison.Ordinal);
            Assert.Contains("w.bin is 1 bytes", message, StringComparison.Ordinal);
            Assert.Contains("delete this folder to begin stage 'grpo' again", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_a_kill_left_half_written_is_removed()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        Directory.CreateDirectory(folder.File("grpo/.step-7.tmp"));
        Directory.CreateDirectory(folder.File("grpo/.step-1.old"));
        Assert.Null(new CheckpointStore(folder.Path).Latest("grpo"));
        Assert.Empty(Directory.GetDirectories(folder.File("grpo")));
    }

    [Fact]
    public void A_failure_while_saving_leaves_the_earlier_checkpoint_and_nothing_else()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        var store = new CheckpointStore(folder.Path);
        Save(store, 1);
        Assert.Throws<InvalidOperationException>(() => store.Save("grpo", 2, path =>
        {
            File.WriteAllText(Path.Combine(path, "half"), "x");
            throw new InvalidOperationException("the model could not be written");
        }));
        Assert.Equal(["step-1"], Directory.GetFileSystemEntries(folder.File("grpo")).Select(Path.GetFileName));
    }

    [Fact]
    public void A_full_disk_is_one_clear_error_and_leaves_the_earlier_checkpoint()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "there is no /dev/full here to stand for a full disk");
        using TemporaryFolder folder = TestPaths.NewFolder();
        var store = new CheckpointStore(folder.Path);
        Save(store, 1);
        var error = Assert.Throws<RunException>(() => store.Save("grpo", 2, path =>
        {
            File.WriteAllText(Path.Combine(path, "half"), "x");
            File.WriteAllText("/dev/full", "no room for this");
        }));
        Assert.Contains("step-2: cannot be written: the disk is full. Free some space", error.Message, StringComparison.Ordinal);
        Assert.Equal(["step-1"], Directory.GetFileSystemEntries(folder.File("grpo")).Select(Path.GetFileName));
        Assert.Equal(1, store.Latest("grpo")!.Step);
    }

    private static void Damage(string folder, string damage)
    {
        string weights = Path.Combine(folder, "w.bin");
        string manifest = Path.Combine(folder, "manifest.json");
        string text = File.ReadAllText(manifest);
        switch (damage)
        {
            case "missing": File.Delete(weights); break;
            case "shorter": File.WriteAllText(weights, "w"); break;
            case "flipped": File.WriteAllText(weights, "Weights 2"); break;
            case "no manifest": File.Delete(manifest); break;
            case "torn manifest": File.WriteAllText(manifest, text[..(text.Length / 2)]); break;
            case "changed manifest": File.WriteAllText(manifest, text.Replace("\"length\": 9", "\"length\": 8", StringComparison.Ordinal)); break;
            case "null manifest": File.WriteAllText(manifest, "null"); break;
            case "another's": File.Copy(Path.Combine(folder, "../step-1/manifest.json"), manifest, overwrite: true); File.Copy(Path.Combine(folder, "../step-1/w.bin"), weights, overwrite: true); break;
            default: throw new ArgumentException(damage, nameof(damage));
        }
    }
}
