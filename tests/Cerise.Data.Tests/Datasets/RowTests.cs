using System.Text;
using Cerise.Data.Datasets;

namespace Cerise.Data.Tests.Datasets;

public sealed class RowTests
{
    private static readonly Row Sample = Row.Parse("""{"s":"a\u00e9","i":7,"d":0.5,"t":true,"one":1,"n":null,"list":[1],"object":{}}"""u8, "x.jsonl", 3);

    [Fact]
    public void Values_are_read_by_type()
    {
        Assert.Equal(("aé", 7L, 0.5, 7.0), (Sample.GetString("s"), Sample.GetInt64("i"), Sample.GetDouble("d"), Sample.GetDouble("i")));
        Assert.Equal((true, true), (Sample.GetBool("t"), Sample.GetBool("one")));
        Assert.Equal((null, null, "aé"), (Sample.GetOptionalString("n"), Sample.GetOptionalString("missing"), Sample.GetOptionalString("s")));
        Assert.Equal((false, false, true), (Sample.Has("n"), Sample.Has("missing"), Sample.Has("list")));
        Assert.Equal(1, Sample["list"].GetArrayLength());
        Assert.Equal(["s", "i", "d", "t", "one", "n", "list", "object"], Sample.Columns);
    }

    public static TheoryData<Func<Row, object>, string> Faults => new()
    {
        {
            row => row.GetString("prompt"), "x.jsonl:3: column 'prompt' is missing; the row has 's', 'i', 'd', 't', 'one', 'n', 'list', 'object'. " +
                "Rename the file's column, or map it to this name."
        },
        { row => row.GetString("i"), "x.jsonl:3: column 'i' is 7; a string is expected." },
        { row => row.GetString("n"), "x.jsonl:3: column 'n' is null; a string is expected." },
        { row => row.GetInt64("d"), "x.jsonl:3: column 'd' is 0.5; a whole number is expected." },
        { row => row.GetDouble("list"), "x.jsonl:3: column 'list' is a list; a number is expected." },
        { row => row.GetBool("i"), "x.jsonl:3: column 'i' is 7; true or false is expected." },
        { row => row.GetBool("s"), "x.jsonl:3: column 's' is a string; true or false is expected." },
        { row => row.GetOptionalString("object")!, "x.jsonl:3: column 'object' is an object; a string is expected." },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void What_is_missing_or_mistyped_is_named(Func<Row, object> read, string expected)
        => Assert.Equal(expected, Assert.Throws<DatasetException>(() => read(Sample)).Message);

    [Fact]
    public void Columns_are_seen_under_their_mapped_names()
    {
        var map = new ColumnMap(new Dictionary<string, string> { ["prompt"] = "question", ["completion"] = "answer", ["text"] = "answer", ["id"] = "nowhere" });
        var row = Row.Parse("""{"id":1,"question":"q","answer":"a","text":"old","more":2}"""u8, "x", 1, map);
        Assert.Equal(["prompt", "completion", "text", "more"], row.Columns);
        Assert.Equal(("q", "a", "a", 2L), (row.GetString("prompt"), row.GetString("completion"), row.GetString("text"), row.GetInt64("more")));
        Assert.False(row.Has("question"));
        Assert.StartsWith("x:1: column 'id' (mapped from 'nowhere') is missing; the row has 'prompt', 'completion', 'text', 'more'.",
            Assert.Throws<DatasetException>(() => row.GetInt64("id")).Message, StringComparison.Ordinal);
        Assert.Equal("q", row.WithColumns(ColumnMap.None).GetString("question"));
    }

    [Fact]
    public void Rows_are_made_in_code_too()
    {
        Row row = Row.From(("prompt", "1+1="), ("answer", 2), ("tags", new[] { "sum" }), ("none", null));
        Assert.Equal(("1+1=", 2L, false), (row.GetString("prompt"), row.GetInt64("answer"), row.Has("none")));
        Assert.Equal(["prompt", "answer", "tags", "none"], row.Columns);
    }

    [Fact]
    public void Damaged_lines_raise_nothing_but_dataset_errors()
    {
        byte[] good = Encoding.UTF8.GetBytes("""{"prompt":"Wie viel ist 1+1 \ud83d\ude00 €?","label":true,"score":-1.5e3,"list":[{"role":"user"},null]}""");
        ulong state = 1;
        int refused = 0;
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = [.. good];
            for (int changes = 1 + Below(3); changes > 0; changes--)
                bytes[Below(bytes.Length)] = Below(2) == 0 ? (byte)Below(256) : (byte)"0123456789{}[],:\"\\u-e.d"[Below(22)];
            try
            {
                _ = Row.Parse(bytes, "x").Columns.Count();
            }
            catch (DatasetException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 10_000, 19_999);

        int Below(int bound)                                               // xorshift: the same mutations in every run
        {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            return (int)(state % (ulong)bound);
        }
    }
}
