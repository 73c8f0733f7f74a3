using Cerise.Data.Datasets;
using Cerise.Testing;

namespace Cerise.Data.Tests.Datasets;

public sealed class JsonlDatasetTests
{
    [Fact]
    public void Any_row_of_a_real_file_is_found_by_its_index()
    {
        string path = TestPaths.SharedData("gsm8k/train.jsonl");
        using var dataset = JsonlDataset.Open(path);
        Row[] rows = [.. JsonlReader.Read(path)];
        Assert.Equal(rows.Length, dataset.Count);
        foreach (int i in new[] { 7472, 0, 4000, 1 })
            Assert.Equal((rows[i].Line, rows[i].GetString("answer")), (dataset[i].Line, dataset[i].GetString("answer")));
        Assert.Equal(rows.Select(row => row.GetString("question")), dataset.Select(row => row.GetString("question")));
    }

    [Fact]
    public void Places_are_right_after_a_byte_order_mark_and_empty_lines()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        File.WriteAllText(folder.File("x.jsonl"), "\uFEFF{\"é\":\"1\"}\r\n\r\n\n  {\"é\":\"2\"}\n{\"é\":\"3\"}");
        using var dataset = JsonlDataset.Open(folder.File("x.jsonl"), new ReadOptions { Columns = new(new Dictionary<string, string> { ["text"] = "é" }) });
        Assert.Equal([("1", 1L), ("2", 4L), ("3", 5L)], dataset.Select(row => (row.GetString("text"), row.Line)));
    }

    [Fact]
    public void A_fault_in_the_last_row_shows_on_opening()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string path = folder.File("x.jsonl");
        File.WriteAllText(path, "{\"a\":1}\n{\"a\":2}\n{\"a\":");
        Assert.StartsWith($"{path}:3:", Assert.Throws<DatasetException>(() => JsonlDataset.Open(path)).Message, StringComparison.Ordinal);
        File.WriteAllText(path, "\n");
        Assert.Equal($"{path}: holds no rows. Check how the file was made.", Assert.Throws<DatasetException>(() => JsonlDataset.Open(path)).Message);
    }

    [Fact]
    public void A_file_cut_after_opening_is_noticed()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string path = folder.File("x.jsonl");
        File.WriteAllText(path, "{\"a\":1}\n{\"a\":2}\n");
        using var dataset = JsonlDataset.Open(path);
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            file.SetLength(10);
        Assert.Equal(1, dataset[0].GetInt64("a"));
        Assert.StartsWith($"{path}:2: is gone", Assert.Throws<DatasetException>(() => dataset[1]).Message, StringComparison.Ordinal);
    }
}
