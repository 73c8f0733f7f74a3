using System.ClientModel;
using System.Diagnostics;
using Cerise.Data;
using Cerise.Studio;
using Cerise.Testing;
using Cerise.Training.Inference;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;

namespace Cerise.Cli.Tests.Docs;

#pragma warning disable xUnit1051 // the code is the page's, which has no test to be cancelled with

/// <summary>What docs/how-to/serve-a-model.md shows works.</summary>
public sealed class ServeAModelTests(SmallModel model)
{
    private const string Page = "docs/how-to/serve-a-model.md";
    private const string BaseUrl = "http://127.0.0.1:8000/v1";

    [Fact]
    public async Task The_client_for_NET_streams_an_answer()
    {
        await using RunningServer server = await RunningServer.Start("--model", model.Model, "--model-name", "my-model");
        Uri baseUrl = server.Address;
        var Console = new StringWriter();

        ChatClient client = new("my-model", new ApiKeyCredential("none"), new OpenAIClientOptions { Endpoint = baseUrl });
        ChatCompletionOptions options = new() { MaxOutputTokenCount = 20 };
        await foreach (StreamingChatCompletionUpdate update in client.CompleteChatStreamingAsync([new UserChatMessage("Say hello.")], options))
            foreach (ChatMessageContentPart part in update.ContentUpdate)
                Console.Write(part.Text);

        Assert.NotEmpty(Console.ToString());
    }

    [Fact]
    public async Task A_model_answers_in_process()
    {
        string folder = model.Model;
        var Console = new StringWriter();

        await using LocalEngine engine = LocalEngine.Load(folder);
        IChatClient client = new EngineChatClient(new ServedModel(engine, Tokenizer.Load(folder), ChatTemplate.TryLoad(folder)));
        ChatResponse response = await client.GetResponseAsync("Say hello.", new ChatOptions { MaxOutputTokens = 20 });
        Console.WriteLine(response.Text);

        Assert.True(Console.ToString().Length > 1);
    }

    [Fact]
    public async Task The_line_for_the_shell_gets_an_answer()
    {
        await using RunningServer server = await RunningServer.Start("--model", model.Model);
        string command = Document.Of(Page).Blocks("sh").Single(block => block.StartsWith("curl ", StringComparison.Ordinal));
        Assert.Contains("\"object\":\"chat.completion\"", await Run("curl", "bash", TestPaths.Repository, "-c", command.Replace(BaseUrl, server.Address.ToString())));
    }

    [Fact]
    public async Task The_client_for_JavaScript_streams_an_answer()
    {
        string folder = Path.Combine(TestPaths.Repository, "tests", "Cerise.Studio.Tests", "OfficialClients");
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "openai")))
            Assert.Skip("the npm package openai is not installed: ./test installs it where npm and its registry can be reached");
        await using RunningServer server = await RunningServer.Start("--model", model.Model, "--model-name", "my-model");
        string code = Document.Of(Page).Blocks("js").Single().Replace(BaseUrl, server.Address.ToString());
        Assert.NotEmpty(await Run("node", "node", folder, "--input-type=module", "-e", code));
    }

    private static async Task<string> Run(string needed, string program, string folder, params string[] arguments)
    {
        if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(path => File.Exists(Path.Combine(path, needed))))
            Assert.Skip($"{needed} is not installed");
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await error);
        return output;
    }
}
