using System.Text;
using Cerise.Data.Datasets;
using Cerise.Testing;

namespace Cerise.Data.Tests.Datasets;

public sealed class DatasetReaderTests
{
    private const string Lines = "{\"a\":\"1\"}\n{\"a\":\"2\"}\n", Array = " [{\"a\":\"1\"},{\"a\":\"2\"}]", Cells = "a\n1\n2\n";

    [Theory]
    [InlineData("x.jsonl", Lines, DatasetFormat.JsonLines)]
    [InlineData("x.json", Lines, DatasetFormat.JsonLines)]
    [InlineData("x.json", Array, DatasetFormat.JsonArray)]
    [InlineData("x.jsonl", Array, DatasetFormat.JsonArray)]
    [InlineData("x.csv", Cells, DatasetFormat.Csv)]
    [InlineData("x.TSV", Cells, DatasetFormat.Csv)]
    public void Every_format_is_read_plain_and_compressed_as_a_stream_and_as_a_list(string name, string text, DatasetFormat format)
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        byte[] content = Encoding.UTF8.GetBytes(text);
        File.WriteAllBytes(folder.File(name), content);
        File.WriteAllBytes(folder.File(name + ".gz"), JsonlReaderTests.Gzip(content));
        foreach (string path in new[] { folder.File(name), folder.File(name + ".gz") })
        {
            Assert.Equal(format, DatasetReader.FormatOf(path));
            Assert.Equal(["1", "2"], DatasetReader.Read(path).Select(row => row.GetString("a")));
            IReadOnlyList<Row> rows = DatasetReader.Open(path);
            Assert.Equal((2, "2"), (rows.Count, rows[1].GetString("a")));
            (rows as IDisposable)?.Dispose();
        }
    }

    [Theory]
    [InlineData("x.json")]
    [InlineData("x.jsonl")]
    [InlineData("x.csv")]
    public void A_file_without_rows_is_refused_as_a_list(string name)
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        File.WriteAllText(folder.File(name), name == "x.json" ? "[]" : "");
        Assert.Equal($"{folder.File(name)}: holds no rows. Check how the file was made.", Assert.Throws<DatasetException>(() => DatasetReader.Open(folder.File(name))).Message);
        Assert.Empty(DatasetReader.Read(folder.File(name)));
    }

    [Theory]
    [InlineData("bomb.jsonl.gz")]
    [InlineData("bomb.csv.gz")]
    public void A_bomb_is_refused_after_a_few_megabytes_unless_allowed(string name)
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string path = folder.File(name);
        byte[] line = Encoding.UTF8.GetBytes((name.EndsWith("csv.gz", StringComparison.Ordinal) ? "" : "{\"a\":\"") + new string('x', 1 << 19)
            + (name.EndsWith("csv.gz", StringComparison.Ordinal) ? "" : "\"}") + "\n");
        File.WriteAllBytes(path, JsonlReaderTests.Gzip([.. Enumerable.Repeat(line, 40).SelectMany(bytes => bytes)]));
        var error = Assert.Throws<DatasetException>(() => DatasetReader.Read(path).Count());
        Assert.Contains("unpacks to more than 200 times its size", error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Line, 30, 36);
        Assert.InRange(DatasetReader.Read(path, new ReadOptions { MaxDecompressionRatio = 2000 }).Count(), 39, 40);
    }

    [Theory]
    [InlineData("x.json.gz", Array)]
    [InlineData("x.csv.gz", Cells)]
    public void A_compressed_file_cut_anywhere_is_refused(string name, string text)
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        byte[] whole = JsonlReaderTests.Gzip(Encoding.UTF8.GetBytes(text));
        for (int length = 2; length < whole.Length; length++)
        {
            File.WriteAllBytes(folder.File(name), whole[..length]);
            Assert.Throws<DatasetException>(() => DatasetReader.Read(folder.File(name)).Count());
        }
    }

    [Fact]
    public void Mutated_files_raise_only_the_documented_exception()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        (string Name, byte[] Content)[] files =
        [
            ("x.json", Encoding.UTF8.GetBytes("[{\"a\":\"x\\u00e9\",\"b\":[1,{\"c\":null}]},\n{\"a\":\"\\ud83d\\ude00\"}]")),
            ("x.jsonl", Encoding.UTF8.GetBytes("{\"a\":\"x\\u00e9\",\"b\":[1,{\"c\":null}]}\n{\"a\":\"\\ud83d\\ude00\"}\n")),
            ("x.csv", Encoding.UTF8.GetBytes("a,b\n\"x, \"\"y\"\"\",2\né,\"\n\"\n")),
            ("x.jsonl.gz", JsonlReaderTests.Gzip(Encoding.UTF8.GetBytes(Lines))),
        ];
        uint state = 12345;
        foreach ((string name, byte[] content) in files)
            for (int i = 0; i < 250; i++)
            {
                byte[] mutated = [.. content];
                for (uint changes = Next() % 3; changes < 3; changes++)
                    mutated[Next() % (uint)mutated.Length] = (byte)(Next() % 4 == 0 ? Next() : "\"{}[],:\\\n\r 0u"[(int)(Next() % 13)]);
                File.WriteAllBytes(folder.File(name), mutated[..^(int)(Next() % 3)]);
                try
                {
                    Assert.True(DatasetReader.Read(folder.File(name)).Count() >= 0);
                }
                catch (DatasetException)
                {
                }
            }

        uint Next() => state = (state * 1664525) + 1013904223 >> 3 ^ state << 7;
    }
}
