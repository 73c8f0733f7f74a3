using System.Text;
using System.Text.Json;
using Cerise.Data.Datasets;
using Cerise.Testing;

namespace Cerise.Data.Tests.Datasets;

public sealed class JsonlWriterTests
{
    [Fact]
    public void Text_stays_readable_and_only_what_must_be_is_escaped()
    {
        const string line = """{"é 😀 中":"<a href='x'>&\u00a0\u3000+`","quote":"\"\\\b\u0000\n\r\t\u001f\u007f","n":1.50e3,"list":[true,false,null,[],{}]}""";
        const string expected = "{\"é 😀 中\":\"<a href='x'>&\u00a0\u3000+`\",\"quote\":\"\\\"\\\\\\u0008\\u0000\\n\\r\\t\\u001f\u007f\",\"n\":1.50e3," +
            "\"list\":[true,false,null,[],{}]}\n";
        string written = Written(writer => writer.Write(Parse(line)));
        Assert.Equal(expected, written);
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(line), JsonElement.Parse(written)));
    }

    [Fact]
    public void Real_files_survive_writing_and_reading()
    {
        foreach (string file in new[] { "gsm8k/train.jsonl", "preferences/dpo_en_demo_conversational.jsonl", "instructions/humaneval.jsonl" })
        {
            string path = TestPaths.SharedData(file);
            using TemporaryFolder folder = TestPaths.NewFolder();
            using (var writer = new JsonlWriter(folder.File("new/copy.jsonl")))
            {
                foreach (Row row in JsonlReader.Read(path))
                    writer.Write(row);
                writer.Complete();
            }
            foreach ((Row before, Row after) in JsonlReader.Read(path).Zip(JsonlReader.Read(folder.File("new/copy.jsonl"))))
            {
                Assert.Equal(before.Columns, after.Columns);
                Assert.All(before.Columns, column => Assert.True(JsonElement.DeepEquals(before[column], after[column])));
            }
            Assert.Equal(["copy.jsonl"], Directory.EnumerateFileSystemEntries(folder.File("new")).Select(Path.GetFileName));
        }
    }

    [Fact]
    public void Rows_are_written_under_their_mapped_names()
    {
        var map = new ColumnMap(new Dictionary<string, string> { ["prompt"] = "question" });
        Assert.Equal("{\"prompt\":\"q\",\"id\":1}\n", Written(writer => writer.Write(Row.Parse("""{"question":"q","id":1}"""u8, "x", 1, map))));
        Assert.Equal("{\"b\":2,\"a\":[1]}\n", Written(writer => writer.Write(JsonElement.Parse("""{ "b" : 2, "a" : [ 1 ] }"""))));
    }

    [Fact]
    public void Without_complete_nothing_remains_and_the_earlier_file_stays()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string path = folder.File("x.jsonl");
        File.WriteAllText(path, "earlier");
        using (var writer = new JsonlWriter(path))
            for (int i = 0; i < 10_000; i++)
                writer.Write(Row.From(("i", i)));
        Assert.Equal("earlier", File.ReadAllText(path));
        Assert.Equal([path], Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void What_the_disk_refuses_is_one_error_that_leaves_nothing_behind()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string path = folder.File("x.jsonl");
        Directory.CreateDirectory(path);                                   // a folder where the file should go: the rename is refused
        using (var writer = new JsonlWriter(path))
        {
            writer.Write(Row.From(("a", 1)));
            Assert.Contains("could not be written", Assert.Throws<DatasetException>(writer.Complete).Message, StringComparison.Ordinal);
        }
        Assert.Equal([path], Directory.EnumerateFileSystemEntries(folder.Path));
        File.WriteAllText(folder.File("file"), "");
        Assert.Throws<DatasetException>(() => new JsonlWriter(folder.File("file/x.jsonl")));

        using var full = new JsonlWriter(new FullDisk(), "out");
        full.Write(Row.From(("a", 1)));
        Assert.Equal("out: could not be written (No space left on device). Free some space or choose another folder.",
            Assert.Throws<DatasetException>(full.Complete).Message);
    }

    [Fact]
    public void A_line_has_to_be_an_object()
    {
        using var writer = new JsonlWriter(new MemoryStream());
        Assert.Throws<ArgumentException>(() => writer.Write(JsonElement.Parse("[1]")));
    }

    private static Row Parse(string json) => Row.Parse(Encoding.UTF8.GetBytes(json), "x");

    private static string Written(Action<JsonlWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new JsonlWriter(stream))
        {
            write(writer);
            writer.Complete();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private sealed class FullDisk : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("No space left on device");
    }
}
