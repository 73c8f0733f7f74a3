using System.Diagnostics;
using Cerise.Testing;

namespace Cerise.Cli.Tests;

/// <summary>The real process at the end of a real pipe.</summary>
public sealed class StandardStreamsTests(SmallModel model)
{
    [Fact]
    public void A_closed_pipe_ends_the_process_quietly()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string rows = folder.File("rows.jsonl");
        File.WriteAllLines(rows, Enumerable.Repeat($"{{\"text\":\"{new string('a', 1000)}\"}}", 5000));
        (int code, string output, string error) = Shell(
            $"{{ {Cerise} tokenize --tokenizer {model.Tokenizer} --input {rows}; echo $? >&2; }} | head -n 1");
        Assert.Equal((0, "0\n"), (code, error));
        Assert.StartsWith("{\"ids\":[", output);
    }

    [Fact]
    public void A_full_disk_is_an_error()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "there is no /dev/full");
        (int code, _, string error) = Shell($"{Cerise} env > /dev/full");
        Assert.Equal(ExitCodes.Failed, code);
        Assert.StartsWith("cerise: standard output cannot be written: ", error);
    }

    [Fact]
    public void Input_and_output_are_utf8_in_any_locale()
    {
        string tokenize = $"LC_ALL=C {Cerise} tokenize --tokenizer {model.Tokenizer} --input -";
        (int code, string output, _) = Shell($"printf '{{\"text\":\"é🎂\"}}' | {tokenize} | {tokenize} --decode");
        Assert.Equal((0, "{\"text\":\"é🎂\"}\n"), (code, output));
    }

    [Fact]
    public void Interrupting_a_wait_for_input_ends_with_130()
    {
        // The process is asked to end once it waits for the second line, having answered the first: by SIGTERM, as a shell's background jobs
        // ignore SIGINT.
        using TemporaryFolder folder = TestPaths.NewFolder();
        (string fifo, string result) = (folder.File("fifo"), folder.File("result"));
        (int code, string output, string error) = Shell(
            $"mkfifo {fifo}; {Cerise} tokenize --tokenizer {model.Tokenizer} --input - < {fifo} > {result} & exec 3> {fifo}; " +
            "echo '{\"text\":\"a\"}' >&3; " +
            $"while [ ! -s {result} ]; do sleep 0.05; done; kill $!; wait $!; echo $?");
        Assert.Equal((0, "130\n", ""), (code, output, error));
    }

    private static string Cerise => $"dotnet {Path.Combine(AppContext.BaseDirectory, "cerise.dll")}";

    private static (int Code, string Output, string Error) Shell(string command)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs a POSIX shell");
        using Process process = Process.Start(
            new ProcessStartInfo("/bin/bash", ["-c", command]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }
}
