using System.Diagnostics;
using Cerise.Testing;

namespace Cerise.Studio.Tests.OfficialClients;

/// <summary>OpenAI's client for JavaScript against the server.</summary>
public sealed class NpmClientTests
{
    [Fact]
    public async Task The_client_for_JavaScript_finds_everything_as_OpenAI_has_it()
    {
        string folder = Path.Combine(TestPaths.Repository, "tests", "Cerise.Studio.Tests", "OfficialClients");
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "openai")))
            Assert.Skip("the npm package openai is not installed: ./test installs it where npm and its registry can be reached");
        await using StudioHost host = await OfficialServer.Start();
        using Process node = Process.Start(new ProcessStartInfo("node", [Path.Combine(folder, "client.mjs"), $"{host.Server.Address}v1"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> error = node.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await node.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(node.ExitCode == 0 && output.Contains("ok errors", StringComparison.Ordinal), output + await error);
    }
}
