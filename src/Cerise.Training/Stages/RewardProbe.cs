using System.Text.Json;
using Cerise.Training.Rewards;
using Cerise.Training.Rollouts;
using Cerise.Training.Trainers;

namespace Cerise.Training.Stages;

/// <summary>Before training on a reward: can it tell the data's own answers from a wrong one?</summary>
internal static class RewardProbe
{
    private const int MaxProbes = 64;
    private const string AnswerColumn = "answer";
    private const string SolutionColumn = "solution";

    /// <summary>Scores, for some prompts, a well-formed completion with the right answer and one with another prompt's.</summary>
    /// <returns>Whether the right one is worth more often enough, and a sentence on what was found.</returns>
    public static (bool Tells, string Found) Check(RewardSum rewards, IReadOnlyList<Prompt> prompts, GrpoOptions options)
    {
        Prompt[] probes = [.. prompts.Where(prompt => prompt.Columns.ContainsKey(AnswerColumn)).Take(MaxProbes)];
        if (!rewards.Names.Any(name => name.StartsWith("accuracy", StringComparison.Ordinal)) || probes.Length == 0)
            return (true, "not probed: no accuracy reward, or no 'answer' column");
        RewardScores right = rewards.Score(new RewardBatch([.. probes.Select((probe, i) => Input(probe, i, Gold(probe), options))]));
        RewardScores solved = rewards.Score(new RewardBatch([.. probes.Select((probe, i) => Input(probe, i, Solution(probe), options))]));
        RewardScores wrong = rewards.Score(new RewardBatch([.. probes.Select((probe, i) => Input(probe, i, "-987654321", options))]));
        int scored = right.Total.Count(score => score is not null);
        int told = Enumerable.Range(0, probes.Length).Count(i => right.Total[i] > wrong.Total[i] || solved.Total[i] > wrong.Total[i]);
        string found = $"{told} of {probes.Length} right answers are worth more than a wrong one ({scored} could be scored)";
        return told * 10 >= probes.Length * 9
            ? (true, found)
            : (false, $"{found}. The reward cannot tell right from wrong on this data: check the reward's kind and the '{AnswerColumn}' column, for example: {Gold(probes[0])}");
    }

    // GSM8K's solutions end in "#### N"; other columns hold the answer itself.
    private static string Gold(Prompt prompt)
    {
        string text = prompt.Columns[AnswerColumn].ToString();
        int mark = text.LastIndexOf("####", StringComparison.Ordinal);
        return (mark < 0 ? text : text[(mark + 4)..]).Trim();
    }

    // Where the answer is a target to be reached, as in countdown, the row may hold a way to reach it.
    private static string Solution(Prompt prompt) => prompt.Columns.TryGetValue(SolutionColumn, out JsonElement solution) ? solution.ToString() : Gold(prompt);

    private static RewardInput Input(Prompt prompt, int group, string answer, GrpoOptions options) => new()
    {
        Prompt = prompt.Text,
        Completion = $"<think> step by step </think> <answer> {answer} </answer>",
        CompletionIds = [1, 2, 3],
        MaxCompletionLength = options.MaxCompletionLength,
        GroupId = group,
        Columns = prompt.Columns,
    };
}
