using System.Text;
using Cerise.Data.Datasets;

namespace Cerise.Data.Tests.Datasets;

public sealed class JsonArrayReaderTests
{
    [Fact]
    public void Rows_come_with_the_line_on_which_they_begin()
    {
        Row[] rows = Read("\uFEFF \n[\n  {\"a\": \"]}\\\"[\"},\n  {\n    \"a\": \"é\"\n  }\n  , {\"a\":\"\\\\\"}]\n\n");
        Assert.Equal([("]}\"[", 3L), ("é", 4L), ("\\", 7L)], rows.Select(row => (row.GetString("a"), row.Line)));
        Assert.Empty(Read("[ ]"));
    }

    [Fact]
    public void Rows_on_one_line_are_told_apart_by_their_numbers()
    {
        Row[] rows = Read("[{\"a\":1},{\"a\":2}]");
        Assert.Equal(["-:1 (row 1)", "-:1 (row 2)"], rows.Select(row => row.Place));
        Assert.StartsWith("-:1 (row 2): column 'a' is 2; a string is expected.", Assert.Throws<DatasetException>(() => rows[1].GetString("a")).Message, StringComparison.Ordinal);
        Assert.Equal(2, rows[1].WithColumns(ColumnMap.None).Number);
    }

    [Theory]
    [InlineData("[{\"a\":1}", "-:1: ends before the array does.")]
    [InlineData("[{\"a\":1},", "-:1: ends before the array does.")]
    [InlineData("[{\"a\":1", "-:1: is a row that the file's end cuts.")]
    [InlineData("[\n{\"a\":\"\\", "-:2: is a row that the file's end cuts.")]
    [InlineData("[{\"a\":1}\n{\"a\":2}]", "-:2: has something else than ',' or ']' after a row.")]
    [InlineData("[{\"a\":1},]", "-:1: has a row that is no object")]
    [InlineData("[1]", "-:1: has a row that is no object")]
    [InlineData("[{\"a\":1}]\n[]", "-:2: goes on after the array's end.")]
    [InlineData("[\n{\n\"a\": tru\n}]", "-:3:9: is not valid JSON.")]
    [InlineData("[{\"a\":[}]}]", "-:1: is not valid JSON.")]
    [InlineData("[{\"a\":1,\"a\":2}]", "-:1: is not valid JSON. Duplicate property 'a'")]
    public void What_is_wrong_is_named_with_its_place(string text, string expected)
        => Assert.StartsWith(expected, Assert.Throws<DatasetException>(() => Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Rows_of_any_length_are_read_whole_up_to_the_bound()
    {
        string[] texts = [.. new[] { 1, 65_500, 65_536, 200_000, 3 }.Select(length => new string('x', length))];
        string file = "[" + string.Join(",\n", texts.Select(text => $"{{\"a\":\"{text}\"}}")) + "]";
        Assert.Equal(texts, Read(file).Select(row => row.GetString("a")));
        var error = Assert.Throws<DatasetException>(() => Read(file, new ReadOptions { MaxRowBytes = 150_000 }));
        Assert.Equal("-:4: is a row longer than 150000 bytes. Is a quote or bracket left open?", error.Message);
    }

    [Fact]
    public void Deep_nesting_is_refused()
        => Assert.Contains("is not valid JSON", Assert.Throws<DatasetException>(
            () => Read("[{\"a\":" + new string('[', 100_000) + new string(']', 100_000) + "}]")).Message, StringComparison.Ordinal);

    private static Row[] Read(string text, ReadOptions? options = null)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return [.. DatasetReader.Read(stream, options: options)];
    }
}
