using System.IO.Compression;
using System.Text;
using Cerise.Data.Datasets;
using Cerise.Testing;

namespace Cerise.Data.Tests.Datasets;

public sealed class JsonlReaderTests
{
    [Fact]
    public void Real_files_are_read_in_full()
    {
        (string File, int Rows, string[] Columns)[] files =
        [
            ("gsm8k/train.jsonl", 7473, ["question", "answer"]),
            ("gsm8k/test_first300.jsonl", 300, ["question", "answer"]),
            ("preferences/hh_harmless_base_train.jsonl", 1212, ["chosen", "rejected"]),
            ("preferences/llmbar.jsonl", 209, ["category", "prompt", "chosen", "rejected"]),
            ("preferences/pandalm_human.jsonl", 444, ["instruction", "input", "chosen", "rejected", "votes", "unanimous"]),
            ("preferences/dpo_en_demo_conversational.jsonl", 200, ["prompt", "chosen", "rejected"]),
            ("instructions/self_instruct_human_written.jsonl", 427, ["source", "instruction", "input", "output"]),
            ("instructions/ifeval_prompts.jsonl", 270, ["key", "prompt", "instruction_id_list", "kwargs"]),
            ("instructions/glaive_toolcall_en_demo.jsonl", 200, ["conversations", "tools"]),
        ];
        foreach ((string file, int rows, string[] columns) in files)
        {
            Row[] read = [.. JsonlReader.Read(TestPaths.SharedData(file))];
            Assert.Equal((file, rows), (file, read.Length));
            Assert.All(read, row => Assert.Equal(columns, row.Columns));
            Assert.Equal(Enumerable.Range(1, rows), read.Select(row => (int)row.Line));
        }
    }

    [Fact]
    public void Line_ends_empty_lines_a_byte_order_mark_and_a_missing_last_line_break_are_tolerated()
    {
        Row[] rows = Read("\uFEFF{\"a\":1}\r\n\n  \t\r\n{\"a\":2}\n {\"a\" : 3} ");
        Assert.Equal([(1L, 1L), (4L, 2L), (5L, 3L)], rows.Select(row => (row.Line, row.GetInt64("a"))));
        Assert.Empty(Read(""));
        Assert.Empty(Read("\n\n"));
    }

    [Theory]
    [InlineData("{\"a\":1}\n{\"a\":tru}\n", "-:2:9: is not valid JSON.")]
    [InlineData("{\"é😀\":tru}", "-:1:11: is not valid JSON.")]
    [InlineData("{\"a\":1}{\"a\":2}", "-:1:8: is not valid JSON.")]
    [InlineData("{\"a\":1,}", "-:1:8: is not valid JSON.")]
    [InlineData("{\n\"a\":1}", "an object may not go over several lines.")]
    [InlineData("{'a':1}", "-:1:2: is not valid JSON.")]
    [InlineData("{\"a\":1,\"a\":2}", "-:1: is not valid JSON. Duplicate property 'a'")]
    [InlineData("{\"a\":{\"b\":1,\"b\":2}}", "-:1: is not valid JSON. Duplicate property 'b'")]
    [InlineData("{\"a\":\"\\ud800\"}", "-:1: holds half of a surrogate pair")]
    [InlineData("{\"\\uDc00\":1}", "-:1: holds half of a surrogate pair")]
    [InlineData("{\"a\":NaN}", "-:1:6: is not valid JSON.")]
    [InlineData("\n[1]", "-:2:1: is a JSON array; every line has to be an object. Correct or remove the line")]
    [InlineData("[{\"a\":1}]", "This looks like a JSON array; JSON lines are wanted")]
    [InlineData("[\n{\"a\":1}]", "This looks like a JSON array; JSON lines are wanted")]
    [InlineData("7", "-:1:1: is a JSON number; every line has to be an object.")]
    public void What_is_wrong_is_named_with_its_place(string text, string expected)
        => Assert.Contains(expected, Assert.Throws<DatasetException>(() => Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Bytes_that_are_no_text_are_refused_where_they_stand()
    {
        var error = Assert.Throws<DatasetException>(() => Read([.. "{}\n{\"é\":\""u8, 0xC3, 0x28, .. "\"}"u8]));
        Assert.Equal("-:2:7: is not valid UTF-8. Save the file as UTF-8.", error.Message);
        Assert.Equal(("-", 2L, 7), (error.File, error.Line, error.Column));
        Assert.Contains("is UTF-16", Assert.Throws<DatasetException>(() => Read([0xFF, 0xFE, 0x7B, 0x00])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_before_a_fault_are_delivered()
    {
        using var stream = new MemoryStream("{\"a\":1}\n{\"a\":"u8.ToArray());
        using IEnumerator<Row> rows = JsonlReader.Read(stream).GetEnumerator();
        Assert.True(rows.MoveNext());
        Assert.Equal(1, rows.Current.GetInt64("a"));
        Assert.Throws<DatasetException>(() => rows.MoveNext());
    }

    [Fact]
    public void Lines_of_any_length_are_read_whole_up_to_the_bound()
    {
        string[] texts = [.. new[] { 1, 65_000, 65_536, 65_537, 200_000, 3, 131_072 }.Select(length => new string('x', length))];
        string file = string.Concat(texts.Select(text => $"{{\"a\":\"{text}\"}}\n"));
        Assert.Equal(texts, Read(file).Select(row => row.GetString("a")));
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(file));
        var error = Assert.Throws<DatasetException>(() => JsonlReader.Read(stream, "f", new ReadOptions { MaxRowBytes = 150_000 }).Count());
        Assert.Equal("f:5: is longer than 150000 bytes. Is this a JSON lines file?", error.Message);
    }

    [Fact]
    public void Streams_that_give_a_byte_at_a_time_are_read_too()
    {
        using var stream = new Trickle("{\"a\":1}\r\n\n{\"a\":2}"u8.ToArray());
        Assert.Equal([1, 2], JsonlReader.Read(stream).Select(row => row.GetInt64("a")));
    }

    [Fact]
    public void Compressed_files_are_unpacked_whatever_their_name()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string plain = TestPaths.SharedData("gsm8k/test_first300.jsonl");
        string path = folder.File("data.jsonl");
        byte[] content = File.ReadAllBytes(plain);
        int half = Array.IndexOf(content, (byte)'\n', content.Length / 2) + 1;
        File.WriteAllBytes(path, [.. Gzip(content[..half]), .. Gzip(content[half..])]);            // as 'cat a.gz b.gz' makes
        string[] expected = [.. JsonlReader.Read(plain).Select(row => row.GetString("question"))];
        Assert.Equal(expected, JsonlReader.Read(path).Select(row => row.GetString("question")));
        using var dataset = JsonlDataset.Open(path);
        Assert.Equal(expected, dataset.Select(row => row.GetString("question")));
    }

    [Fact]
    public void A_compressed_file_cut_anywhere_is_refused()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string path = folder.File("x.jsonl.gz");
        byte[] whole = Gzip(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 60).Select(i => $"{{\"a\":{i * 7919 % 1000}}}\n"))));
        File.WriteAllBytes(path, whole);
        Assert.Equal(60, JsonlReader.Read(path).Count());
        for (int length = 2; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.Throws<DatasetException>(() => JsonlReader.Read(path).Count());
        }
        whole[^6] ^= 1;                                                    // the checksum
        File.WriteAllBytes(path, whole);
        Assert.Contains("ends the compressed data too early, or is damaged",
            Assert.Throws<DatasetException>(() => JsonlReader.Read(path).Count()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_compressed_file_may_not_unpack_without_bound()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string path = folder.File("bomb.gz");
        File.WriteAllBytes(path, Gzip(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":0}\n", 1_000_000)))));
        var error = Assert.Throws<DatasetException>(() => JsonlReader.Read(path, new ReadOptions { MaxDecompressedBytes = 1_000_000 }).Count());
        Assert.Contains("is beyond the 1000000 bytes a file may unpack to", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_explained()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string path = folder.File("no.jsonl");
        Assert.Equal($"{path}: does not exist. Check the path.", Assert.Throws<DatasetException>(() => JsonlReader.Read(path).Count()).Message);
        Assert.Throws<DatasetException>(() => JsonlReader.Read(folder.Path).Count());
    }

    internal static byte[] Gzip(byte[] content)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
            gzip.Write(content);
        return packed.ToArray();
    }

    private static Row[] Read(string text) => Read(Encoding.UTF8.GetBytes(text));

    private static Row[] Read(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes);
        return [.. JsonlReader.Read(stream)];
    }

    private sealed class Trickle(byte[] content) : MemoryStream(content)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(1, count));
    }
}
