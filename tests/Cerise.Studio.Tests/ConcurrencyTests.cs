using System.Text.Json.Nodes;

namespace Cerise.Studio.Tests;

public sealed class ConcurrencyTests
{
    [Fact]
    public async Task Many_requests_at_once_all_get_their_own_answer()
    {
        await using StudioHost host = await StudioHost.Start(new ScriptedEngine((request, _) => $"to {request.Sampling.Seed}") { Gate = _ => Task.Delay(1, TestContext.Current.CancellationToken) });
        await Task.WhenAll(Enumerable.Range(0, 64).Select(async number =>
        {
            if (number % 2 == 0)
            {
                JsonNode answer = await host.Chat($"\"seed\":{number}");
                Assert.Equal($"to {number}", (string?)answer["choices"]![0]!["message"]!["content"]);
                return;
            }
            JsonNode[] chunks = await host.Stream($"\"seed\":{number}");
            Assert.Equal($"to {number}", string.Concat(chunks.Select(chunk => (string?)chunk["choices"]![0]!["delta"]!["content"])));
        }));
        Assert.Equal(0, host.Engine.Running);
    }
}
