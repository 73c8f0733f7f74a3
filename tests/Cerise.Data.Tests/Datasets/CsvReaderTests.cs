using System.Text;
using Cerise.Data.Datasets;
using Cerise.Testing;

namespace Cerise.Data.Tests.Datasets;

public sealed class CsvReaderTests
{
    [Fact]
    public void Quotes_line_breaks_and_empty_cells_are_read_as_written()
    {
        Row[] rows = Read("\uFEFFa,\"b \"\"c\"\"\",d\r\n1,\"x, \"\"y\"\"\r\nz\",\n\n\"\",5\" disk,é\r");
        Assert.Equal(["a", "b \"c\"", "d"], rows[0].Columns);
        Assert.Equal(("1", "x, \"y\"\r\nz", false), (rows[0].GetString("a"), rows[0].GetString("b \"c\""), rows[0].Has("d")));
        Assert.Equal(("", "5\" disk", "é"), (rows[1].GetString("a"), rows[1].GetString("b \"c\""), rows[1].GetString("d")));
        Assert.Equal([2L, 5L], rows.Select(row => row.Line));
    }

    [Theory]
    [InlineData("a;b,c;d\n1;2,3;4", "a,b,c,d", 3)]
    [InlineData("a\tb\n1\t2", "a,b", 2)]
    [InlineData("a\n1", "a", 1)]
    public void The_separator_is_the_one_the_header_has_most_of(string text, string columns, int count)
    {
        Row row = Assert.Single(Read(text));
        Assert.Equal(count, row.Columns.Count());
        Assert.Equal(columns, string.Join(',', row.Columns));
    }

    [Fact]
    public void Numbers_and_truth_values_are_read_from_text()
    {
        Row row = Assert.Single(Read("n,x,t,f,one,word\n-3,0.5,True,false,1,yes\n"));
        Assert.Equal((-3L, 0.5, true, false, true), (row.GetInt64("n"), row.GetDouble("x"), row.GetBool("t"), row.GetBool("f"), row.GetBool("one")));
        Assert.Equal("1", row.GetString("one"));
        Assert.Contains("column 'word' is a string; a whole number is expected", Assert.Throws<DatasetException>(() => row.GetInt64("word")).Message, StringComparison.Ordinal);
        Assert.Contains("true or false", Assert.Throws<DatasetException>(() => row.GetBool("word")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a,b\n1,2\n\"x,y\n", ":3: has a cell whose quote is never closed.")]
    [InlineData("a,b\n1,\"2\n3\"4\n", ":3: has text after a cell's closing quote.")]
    [InlineData("a,b\n1\n", ":2: has 1 cells, the header 2.")]
    [InlineData("a,b\n1,2\n1,2,3\n", ":3: has more cells than the header's 2.")]
    [InlineData("a,b,a\n", ":1: is a header with the column 'a' twice.")]
    public void What_is_wrong_is_named_with_its_line(string text, string expected)
        => Assert.Contains(expected, Assert.Throws<DatasetException>(() => Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Bytes_that_are_no_text_are_refused()
        => Assert.Contains("not valid UTF-8", Assert.Throws<DatasetException>(() => Read([(byte)'a', (byte)'\n', 0xC3, 0x28])).Message, StringComparison.Ordinal);

    [Fact]
    public void A_record_may_not_grow_without_bound()
    {
        var error = Assert.Throws<DatasetException>(() => Read("a,b\n1,\"" + new string('x', 5000), new ReadOptions { MaxRowBytes = 1000 }));
        Assert.Contains(":2: is longer than 1000 characters. Is a quote left open?", error.Message, StringComparison.Ordinal);
        Assert.Contains("header's 10000", Assert.Throws<DatasetException>(() => Read(new string(',', 20_000))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_are_mapped_and_an_index_without_a_name_gets_one()
    {
        var map = new ColumnMap(new Dictionary<string, string> { ["instruction"] = "question" });
        Row row = Assert.Single(Read(",question\n0,why\n", new ReadOptions { Columns = map }));
        Assert.Equal("why", row.GetString("instruction"));
        Assert.Equal(["unnamed_1", "instruction"], row.Columns);
    }

    private static Row[] Read(string text, ReadOptions? options = null) => Read(Encoding.UTF8.GetBytes(text), options);

    private static Row[] Read(byte[] bytes, ReadOptions? options = null)
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        File.WriteAllBytes(folder.File("x.csv"), bytes);
        return [.. DatasetReader.Read(folder.File("x.csv"), options)];
    }
}
