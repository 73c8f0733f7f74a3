using Cerise.Data.Datasets;
using Cerise.Testing;

namespace Cerise.Data.Tests.Datasets;

public sealed class HashSplitTests
{
    private static readonly Row[] Rows = [.. Enumerable.Range(0, 4000).Select(i => Row.From(("prompt", $"p{i / 2}"), ("id", i)))];

    [Fact]
    public void Every_row_is_on_one_side_in_its_order_and_the_share_is_as_asked()
    {
        (IReadOnlyList<Row> train, IReadOnlyList<Row> validation) = HashSplit.Split(Rows, 0.1);
        Assert.Equal(Rows.Length, train.Count + validation.Count);
        Assert.InRange(validation.Count, 340, 460);                        // 400 and three standard deviations
        Assert.Equal(Rows.Except(validation), train);
        Assert.Equal(train[5], train.ElementAt(5));
        Assert.Empty(HashSplit.Split(Rows, 0).Validation);
        Assert.Empty(HashSplit.Split(Rows, 1).Train);
    }

    [Fact]
    public void A_row_stays_on_its_side_whatever_else_is_there()
    {
        IReadOnlyList<Row> all = HashSplit.Split(Rows, 0.3).Validation;
        IReadOnlyList<Row> some = HashSplit.Split([.. Rows.Reverse().Where(row => row.GetInt64("id") % 3 == 0)], 0.3).Validation;
        Assert.NotEmpty(some);
        Assert.Subset(all.ToHashSet(), some.ToHashSet());
        Assert.NotEqual(all, HashSplit.Split(Rows, 0.3, "another").Validation);
    }

    [Fact]
    public void Rows_equal_in_the_deciding_columns_stay_together()
    {
        IReadOnlyList<Row> validation = HashSplit.Split(Rows, 0.5, "", "prompt").Validation;
        Assert.InRange(validation.Count, 1700, 2300);
        Assert.All(validation.GroupBy(row => row.GetString("prompt")), pair => Assert.Equal(2, pair.Count()));
        Assert.Equal(validation, HashSplit.Split(Rows, 0.5, _ => ["prompt"]).Validation);
        Assert.Throws<DatasetException>(() => HashSplit.IsValidation(Rows[0], 0.5, "", "missing"));
        Assert.Throws<ArgumentOutOfRangeException>(() => HashSplit.IsValidation(Rows[0], 1.5));
    }

    [Fact]
    public void The_side_depends_on_what_the_row_holds_not_on_how_it_is_written()
    {
        for (int i = 0; i < 50; i++)
        {
            var one = Row.Parse(System.Text.Encoding.UTF8.GetBytes($$"""{"a":"é{{i}}","b":1}"""), "x");
            var other = Row.Parse(System.Text.Encoding.UTF8.GetBytes($$"""{ "a" : "\u00e9{{i}}" , "b" : 1 }"""), "y", 9);
            Assert.Equal(HashSplit.IsValidation(one, 0.5), HashSplit.IsValidation(other, 0.5));
        }
    }

    [Fact]
    public void The_division_of_a_real_file_is_pinned()
    {
        using var dataset = JsonlDataset.Open(TestPaths.SharedData("gsm8k/test_first300.jsonl"));
        // Computed apart from this code: SHA-256 of the salt, a line break and the row as compact JSON; the first 53 bits below 0.05 of their range.
        Assert.Equal([18, 43, 61, 69, 78, 94, 98, 132, 138, 143, 147, 167, 226, 229, 234, 252, 263, 274, 281, 287, 295, 296, 297],
            HashSplit.Split(dataset, 0.05, "cerise").Validation.Select(row => row.Line));
    }
}
