using System.Diagnostics;
using System.Net;
using System.Text;
using Cerise.Testing;

namespace Cerise.EndToEnd.Tests;

/// <summary>The real program as a server, and the system's request to end.</summary>
public sealed class ServeTests
{
    private const int Streams = 6;
    private const string Body = """{"prompt":"Once","max_tokens":1500,"ignore_eos":true,"stream":true}""";

    [Fact]
    public async Task Answers_that_have_begun_are_finished_after_SIGTERM()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "sends a POSIX signal");
        using TemporaryFolder folder = TestPaths.NewFolder();
        await MakeModel(folder);
        using Process server = Start("serve", "--model", folder.File("model"), "--port", "0");
        string line = await server.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) ?? "";
        Assert.StartsWith("serve: model at http://127.0.0.1:", line);
        Uri address = new(line.Split(" at ")[1].Split(';')[0]);
        using var client = new HttpClient();
        Task<string>[] rests = new Task<string>[Streams];
        for (int stream = 0; stream < Streams; stream++)
        {
            HttpRequestMessage request = new(HttpMethod.Post, $"{address}/completions") { Content = new StringContent(Body, Encoding.UTF8, "application/json") };
            HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            rests[stream] = response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        }
        using (Process signal = Process.Start("kill", ["-TERM", $"{server.Id}"]))
            await signal.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Contains(rests, rest => !rest.IsCompleted);
        string[] texts = await Task.WhenAll(rests);
        Assert.All(texts, text => Assert.EndsWith("data: [DONE]\n\n", text));
        Assert.All(texts, text => Assert.Contains("\"finish_reason\":\"length\"", text));
        await server.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, server.ExitCode);
    }

    private static async Task MakeModel(TemporaryFolder folder)
    {
        await File.WriteAllTextAsync(folder.File("text.txt"), string.Concat(Enumerable.Range(0, 200).Select(i => $"Line {i} of a text about words, {i * i} of them.\n")), TestContext.Current.CancellationToken);
        await Finish(Start("train-tokenizer", "--input", folder.File("text.txt"), "--vocab-size", "300", "--out", folder.File("tokenizer")));
        await Finish(Start(
            "init-model", "--out", folder.File("model"), "--family", "llama", "--hidden-size", "64", "--layers", "4", "--heads", "2", "--ffn", "128", "--context", "2048",
            "--tokenizer", folder.File("tokenizer"), "--seed", "7"));
    }

    private static Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "cerise.dll"), .. arguments])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    private static async Task Finish(Process process)
    {
        string error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, error);
        process.Dispose();
    }
}
