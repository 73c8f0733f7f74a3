using System.Diagnostics;
using System.IO.Pipes;
using Cerise.Data.Datasets;
using Cerise.Testing;

namespace Cerise.Data.Tests.Hostile;

/// <summary>Paths of files that name something else: refused before they are opened, since opening a pipe waits for its writer.</summary>
public sealed class NoFileTests
{
    [Fact]
    public void A_named_pipe_is_no_file_of_rows()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string pipe = SpecialFiles.NamedPipe(folder.File("rows.jsonl"));
        Assert.Contains("is a named pipe, not a file", Assert.Throws<DatasetException>(() => DatasetReader.Open(pipe)).Message, StringComparison.Ordinal);
        Assert.Contains("<(cat PIPE)", Assert.Throws<DatasetException>(() => JsonlReader.Read(pipe).Count()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rows.jsonl")]
    [InlineData("rows.csv")]
    public void A_socket_and_a_folder_are_no_files_of_rows(string name)
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        using (SpecialFiles.Socket(folder.File(name)))
            Assert.Contains("is a socket, not a file", Assert.Throws<DatasetException>(() => DatasetReader.Open(folder.File(name))).Message, StringComparison.Ordinal);
        Assert.Contains("is a folder, not a file", Assert.Throws<DatasetException>(() => DatasetReader.Open(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tokenizer.json")]
    [InlineData("tokenizer_config.json")]
    [InlineData("special_tokens_map.json")]
    public void A_named_pipe_is_no_file_of_a_tokenizer(string name)
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        File.WriteAllText(folder.File("tokenizer.json"), ReferenceFiles.Examples().First());
        File.Delete(folder.File(name));
        SpecialFiles.NamedPipe(folder.File(name));
        Assert.Contains("is a named pipe", Assert.Throws<TokenizerException>(() => Tokenizer.Load(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("chat_template.jinja")]
    [InlineData("chat_template.json")]
    [InlineData("tokenizer_config.json")]
    public void A_named_pipe_is_no_template(string name)
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string pipe = SpecialFiles.NamedPipe(folder.File(name));
        Assert.Contains("is a named pipe", Assert.Throws<ChatTemplateException>(() => ChatTemplate.Load(folder.Path)).Message, StringComparison.Ordinal);
        Assert.Contains("is a named pipe", Assert.Throws<ChatTemplateException>(() => ChatTemplate.Load(pipe)).Message, StringComparison.Ordinal);
    }

    /// <summary>What <c>&lt;(...)</c> and <c>/dev/stdin</c> are for the program: read once, so kept in memory where rows are asked for in any order.</summary>
    [Theory]
    [InlineData("""{"a":1}""" + "\n" + """{"a":2}""" + "\n")]
    [InlineData("""[{"a":1},{"a":2}]""")]
    public void Rows_may_come_through_a_pipe_that_the_shell_gives(string content)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "open files have paths only on Linux");
        foreach (bool list in new[] { true, false })
        {
            using Process writer = Process.Start(new ProcessStartInfo("printf", ["%s", content]) { RedirectStandardOutput = true })!;
            var pipe = (PipeStream)writer.StandardOutput.BaseStream;
            string path = $"/proc/self/fd/{pipe.SafePipeHandle.DangerousGetHandle()}";
            IReadOnlyList<Row> rows = list ? DatasetReader.Open(path) : [.. DatasetReader.Read(path)];
            Assert.Equal(2, rows.Count);
            Assert.Equal([1, 2], rows.Select(row => row["a"].GetInt32()));
            Assert.Throws<DatasetException>(() => DatasetReader.FormatOf(path));
        }
    }
}
