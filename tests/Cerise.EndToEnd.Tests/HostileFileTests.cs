using System.Buffers.Binary;
using System.Diagnostics;
using Cerise.Testing;

namespace Cerise.EndToEnd.Tests;

/// <summary>The real program on files made to hurt: it ends with 1, says what is wrong and where, and leaves nothing half-written.</summary>
public sealed class HostileFileTests
{
    private const string Row = """{"prompt":"a","completion":"b"}""";

    [Fact]
    public async Task A_named_pipe_without_a_writer_is_refused_and_not_waited_for()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string pipe = SpecialFiles.NamedPipe(folder.File("pipe"));
        foreach (string[] arguments in new string[][] { ["run", pipe], ["inspect", pipe], ["render", "--template", pipe, "--input", pipe], ["train-tokenizer", "--input", pipe, "--vocab-size", "300", "--out", folder.File("out")] })
            Assert.Contains("is a named pipe, not a file", await Refused(folder, pipe, arguments), StringComparison.Ordinal);
        Assert.False(Path.Exists(folder.File("out")));
    }

    [Fact]
    public async Task A_header_that_asks_for_more_than_any_memory()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        await File.WriteAllTextAsync(folder.File("config.json"),
            """{"model_type":"llama","hidden_size":8,"intermediate_size":8,"num_hidden_layers":1,"num_attention_heads":1,"vocab_size":8,"max_position_embeddings":8}""",
            TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.File("tokenizer.json"), """{"model":{"type":"WordLevel","vocab":{"a":0},"unk_token":"a"}}""", TestContext.Current.CancellationToken);
        byte[] weights = new byte[64];
        BinaryPrimitives.WriteUInt64LittleEndian(weights, 1UL << 63);
        await File.WriteAllBytesAsync(folder.File("model.safetensors"), weights, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.File("rows.jsonl"), """{"ids":[1,2]}""", TestContext.Current.CancellationToken);
        Assert.Contains("asks for a header of 9223372036854775808 bytes",
            await Refused(folder, folder.File("model.safetensors"), "score", "--model", folder.Path, "--input", folder.File("rows.jsonl")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recipe_that_multiplies_itself_leaves_no_run()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        IEnumerable<string> laughs = Enumerable.Range(1, 30).Select(i => $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        await File.WriteAllTextAsync(folder.File("r.yaml"), $"name: r\na0: &a0 [x, x, x, x]\n{string.Concat(laughs)}stages: *a30\n", TestContext.Current.CancellationToken);
        await Refused(folder, folder.File("r.yaml"), "run", folder.File("r.yaml"), "--out", folder.File("run"));
        Assert.False(Path.Exists(folder.File("run")));
    }

    [Fact]
    public async Task A_row_nested_too_deep_is_named_by_its_line()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string deep = string.Concat(Enumerable.Repeat("{\"a\":", 100_000));
        await File.WriteAllTextAsync(folder.File("rows.jsonl"), $"{Row}\n{deep}\n", TestContext.Current.CancellationToken);
        Assert.Contains(":2:", await Refused(folder, folder.File("rows.jsonl"), "inspect", folder.File("rows.jsonl")), StringComparison.Ordinal);
    }

    /// <summary>What the program says on standard error; the folder holds what it held before.</summary>
    private static async Task<string> Refused(TemporaryFolder folder, string place, params string[] arguments)
    {
        string[] before = Directory.GetFileSystemEntries(folder.Path, "*", SearchOption.AllDirectories);
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "cerise.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder.Path,
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await output;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, process.ExitCode);
        Assert.StartsWith("cerise: ", error, StringComparison.Ordinal);
        Assert.Contains(place, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        Assert.Equal(before, Directory.GetFileSystemEntries(folder.Path, "*", SearchOption.AllDirectories));
        return error;
    }
}
