using System.Text.Json;
using Cerise.Training.Rewards;

namespace Cerise.Training.Tests.Rewards;

internal static class Inputs
{
    public static RewardInput Of(string completion, int length = 0, string columns = "{}", string prompt = "", int limit = 0) => new()
    {
        Prompt = prompt,
        Completion = completion,
        CompletionIds = [.. Enumerable.Repeat(1, length)],
        MaxCompletionLength = limit,
        Columns = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(columns)!,
    };

    public static RewardBatch Batch(params RewardInput[] inputs) => new(inputs);
}
