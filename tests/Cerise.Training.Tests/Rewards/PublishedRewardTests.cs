using System.Text.Json;
using Cerise.Testing;
using Cerise.Training.Rewards;
using Cerise.Training.Tests.Verifiers;
using Cerise.Training.Verifiers;

namespace Cerise.Training.Tests.Rewards;

/// <summary>Calls and assertions of the reward tests of open-r1, TRL and slime, for the functions whose meaning is ours too.</summary>
public class PublishedRewardTests
{
    [Fact]
    public void Published_checks_hold()
    {
        int held = 0;
        var left = new SortedSet<string>();
        foreach (string line in File.ReadLines(TestPaths.SharedData("rewards/reward_functions.jsonl")))
        {
            using var document = JsonDocument.Parse(line);
            JsonElement row = document.RootElement;
            if (Result(row) is not { } actual)
            {
                left.Add($"{row.GetProperty("function").GetString()} {row.GetProperty("id")}");
                continue;
            }
            Assert.True(Holds(row, actual), $"{line}\ngave {string.Join(", ", actual)}");
            held++;
        }
        Assert.Equal(47, held);
        // Not ours: code format and the score windows and tuples of DAPO's grader; open-r1 pays unparseable gold answers, we leave them out.
        Assert.Equal(
            [
                "dapo.compute_score 8", "dapo.is_correct_strict_box 0", "dapo.is_correct_strict_box 1", "dapo.verify 5",
                "get_code_format_reward 35", "get_code_format_reward 36", "get_code_format_reward 37", "len_reward 17", "len_reward 18",
            ],
            left);
    }

    // The scores of a published call as our reward gives them; null for functions that are not ours.
    private static double?[]? Result(JsonElement row)
    {
        int id = row.TryGetProperty("id", out JsonElement number) ? number.GetInt32() : -1;
        JsonElement args = row.GetProperty("args");
        JsonElement settings = row.TryGetProperty("factory", out JsonElement factory) ? factory.GetProperty("kwargs") : default;
        switch ((row.TryGetProperty("function", out JsonElement name) ? name : row.GetProperty("fn")).GetString())
        {
            case "format_reward":
                return Score(new FormatReward(FormatMode.OpenR1), Contents(args[0]));
            case "think_format_reward":
                return Score(new FormatReward(FormatMode.Trl), Contents(args[0]));
            case "tag_count_reward":
                return Score(new TagCountReward(), Contents(args[0]));
            case "get_repetition_penalty_reward":
                int size = settings.GetProperty("ngram_size").GetInt32();
                double penalty = settings.GetProperty("max_penalty").GetDouble();
                JsonElement[] completions = [.. args[0].EnumerateArray()];
                bool words = completions.Any(c => c.GetArrayLength() > 0 && c[0].ValueKind == JsonValueKind.Object);
                return words
                    ? Score(new RepetitionPenaltyReward(size, penalty, RepetitionUnit.Words), Contents(args[0]))
                    : Score(new RepetitionPenaltyReward(size, penalty), completions.Select(c => Inputs.Of("") with { CompletionIds = Ids(c) }));
            case "get_soft_overlong_punishment":
                JsonElement ids = args.GetArrayLength() > 0 ? args[0] : row.GetProperty("kwargs").GetProperty("completion_ids");
                return Score(
                    new SoftOverlongReward(settings.GetProperty("soft_punish_cache").GetInt32(), settings.GetProperty("max_completion_len").GetInt32()),
                    ids.EnumerateArray().Select(c => Inputs.Of("") with { CompletionIds = Ids(c) }));
            case "get_cosine_scaled_reward":
                var cosine = new CosineLengthReward(new AccuracyReward(new NumberVerifier()), new() { MaxLen = settings.GetProperty("max_len").GetInt32() });
                return Score(cosine, Contents(args[0]).Select((input, i) => WithGold(input, args[1][i].GetString()!) with { CompletionIds = Ids(args[2][i]) }));
            case "len_reward" when id is not (17 or 18):                   // lengths are characters there, tokens here
                return Score(new KimiLengthReward(new AccuracyReward(new NumberVerifier())), Contents(args[0]).Select((input, i) =>
                    WithGold(input, args[1][i].GetString()!) with { CompletionIds = new int[input.Completion.Length] }));
            case "accuracy_reward":
                return Score(new AccuracyReward(new NumberVerifier()), [WithGold(Inputs.Of(args.GetProperty("completion").GetString()!), args.GetProperty("solution").GetString()!)]);
            case "reasoning_accuracy_reward":
                return Score(
                    new AccuracyReward(new NumberVerifier(), new() { RequireThinking = true }),
                    [WithGold(Inputs.Of(args.GetProperty("completion").GetString()!), args.GetProperty("solution").GetString()!)]);
            case "deepscaler_rule_based_reward":
                return Score(
                    new AccuracyReward(new NumberVerifier(), new() { RequireThinking = true }),
                    [WithGold(Inputs.Of(args.GetProperty("response").GetString()!), args.GetProperty("label").ToString())]);
            case "dapo.is_correct_minerva" or "dapo.verify" or "dapo.compute_score" when id is not (5 or 8):
                VerifierResult result = new NumberVerifier().Verify(args.GetProperty("ground_truth").GetString()!, args.GetProperty("solution").GetString()!, NoColumns.Value);
                bool signed = row.GetProperty("path")[0].ToString() == "score";   // DAPO's score is +1 or -1
                return [signed && result.Score == 0 ? -1 : result.Score];
            default:
                return null;
        }
    }

    private static bool Holds(JsonElement row, double?[] actual)
    {
        JsonElement check = row.GetProperty("check");
        JsonElement value = check.GetProperty("value");
        JsonElement[] path = row.TryGetProperty("path", out JsonElement list) ? [.. list.EnumerateArray()] : [];
        if (value.ValueKind == JsonValueKind.Array)
            return actual.Length == value.GetArrayLength() && actual.Zip(value.EnumerateArray(), (a, v) => Close(a, v.ValueKind == JsonValueKind.Object ? v.GetProperty("approx") : v)).All(ok => ok);
        double? one = actual[path.Length > 0 && path[0].ValueKind == JsonValueKind.Number ? path[0].GetInt32() : 0];
        if (value.ValueKind == JsonValueKind.Object)
        {
            JsonElement reference = value.GetProperty("ref");
            double? other = Result(reference)![reference.GetProperty("path")[0].GetInt32()];
            return check.GetProperty("op").GetString() == "gt" ? one > other : one == other;
        }
        return Close(one, value);
    }

    // Some graders say true or false where a score is 1 or 0.
    private static bool Close(double? actual, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => actual is null,
        JsonValueKind.True => actual == 1,
        JsonValueKind.False => actual == 0,
        _ => actual is { } a && Math.Abs(a - value.GetDouble()) < 1e-4,
    };

    private static double?[] Score(IReward reward, IEnumerable<RewardInput> inputs) => reward.Score(new RewardBatch([.. inputs]));

    private static IEnumerable<RewardInput> Contents(JsonElement completions) => completions.EnumerateArray().Select(c => Inputs.Of(c[0].GetProperty("content").GetString()!));

    private static RewardInput WithGold(RewardInput input, string gold) => input with { Columns = new Dictionary<string, JsonElement> { ["answer"] = JsonSerializer.SerializeToElement(gold) } };

    private static int[] Ids(JsonElement ids) => [.. ids.EnumerateArray().Select(id => id.GetInt32())];
}
