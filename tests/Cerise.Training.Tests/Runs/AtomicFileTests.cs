using Cerise.Testing;
using Cerise.Training.Runs;

namespace Cerise.Training.Tests.Runs;

public sealed class AtomicFileTests
{
    [Fact]
    public void A_file_is_replaced_whole()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string path = folder.File("sub/a.txt");
        AtomicFile.WriteText(path, "one");
        AtomicFile.WriteText(path, "two");
        Assert.Equal("two", File.ReadAllText(path));
        Assert.Single(Directory.GetFileSystemEntries(folder.File("sub")));
    }

    [Fact]
    public void A_failure_leaves_the_old_file_and_nothing_else()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string path = folder.File("a.txt");
        AtomicFile.WriteText(path, "one");
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(path, stream =>
        {
            stream.WriteByte(1);
            throw new InvalidOperationException("no");
        }));
        Assert.Equal("one", File.ReadAllText(path));
        Assert.Single(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_full_disk_is_one_clear_error_and_the_old_file_stays()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "there is no /dev/full here to stand for a full disk");
        using TemporaryFolder folder = TestPaths.NewFolder();
        string path = folder.File("a.txt");
        AtomicFile.WriteText(path, "one");
        File.CreateSymbolicLink(folder.File(".a.txt.tmp"), "/dev/full");    // where the new file is written first
        var error = Assert.Throws<RunException>(() => AtomicFile.WriteText(path, "two"));
        Assert.Equal($"{path}: cannot be written: the disk is full. Free some space, then run the same command with --resume. What was there before is unchanged.", error.Message);
        Assert.Equal("one", File.ReadAllText(path));
        Assert.Single(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_place_that_is_no_folder_is_one_clear_error()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        File.WriteAllText(folder.File("file"), "");
        Assert.Contains("cannot be written", Assert.Throws<RunException>(() => AtomicFile.WriteText(folder.File("file/a.txt"), "x")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_is_replaced_whole_or_not_at_all()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string path = folder.File("model");
        AtomicFolder.Write(path, inner => File.WriteAllText(Path.Combine(inner, "a"), "1"));
        AtomicFolder.Write(path, inner => File.WriteAllText(Path.Combine(inner, "b"), "2"));
        Assert.Equal(["b"], Directory.GetFiles(path).Select(Path.GetFileName));
        Assert.Throws<InvalidOperationException>(() => AtomicFolder.Write(path, _ => throw new InvalidOperationException("no")));
        Assert.Equal(["model"], Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName));
        Assert.Equal(["b"], Directory.GetFiles(path).Select(Path.GetFileName));
    }
}
