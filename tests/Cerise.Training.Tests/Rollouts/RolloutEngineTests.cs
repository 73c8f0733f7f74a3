using Cerise.Models;
using Cerise.Models.Generation;
using Cerise.Tensors;
using Cerise.Training.Rewards;
using Cerise.Training.Rollouts;
using Cerise.Training.Tests.Trainers;

namespace Cerise.Training.Tests.Rollouts;

public class RolloutEngineTests
{
    private static readonly SamplingOptions Sampling = new() { MaxNewTokens = 6, StopIds = [Toy.Tokenizer.EosId!.Value] };

    [Fact]
    public void Completions_of_a_prompt_stand_side_by_side_under_its_group()
    {
        IReadOnlyList<Rollout> rollouts = Sample(Toy.Prompts("one", "two"), firstGroup: 5, samples: 3, Sampling);
        Assert.Equal([5, 5, 5, 6, 6, 6], rollouts.Select(rollout => rollout.Group));
        Assert.Equal(["one", "one", "one", "two", "two", "two"], rollouts.Select(rollout => rollout.Prompt.Text));
        Assert.All(rollouts, rollout => Assert.Equal(Toy.Tokenizer.Decode([.. rollout.Completion.Ids], skipSpecialTokens: true), rollout.Text));
        Assert.Equal(6, rollouts.Select(rollout => string.Join(' ', rollout.Completion.Ids)).Distinct().Count());
    }

    [Fact]
    public void A_completion_depends_on_its_prompt_and_group_alone()
    {
        IReadOnlyList<Rollout> together = Sample(Toy.Prompts("one", "two", "three"), firstGroup: 0, samples: 4, Sampling);
        IReadOnlyList<Rollout> alone = Sample(Toy.Prompts("two"), firstGroup: 1, samples: 2, Sampling with { MaxBatchSize = 1 });
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(together[4 + i].Completion.Ids, alone[i].Completion.Ids);
            Assert.Equal(together[4 + i].Completion.LogProbs, alone[i].Completion.LogProbs);
        }
    }

    [Fact]
    public void Running_into_the_limit_is_told_to_the_rewards()
    {
        Rollout rollout = Sample(Toy.Prompts("one"), firstGroup: 0, samples: 1, Sampling with { StopIds = [] })[0];
        Assert.True(rollout.Truncated);
        RewardInput input = rollout.ToRewardInput(6);
        Assert.Equal((true, 6, 6, "one", 0), (input.Truncated, input.CompletionIds.Count, input.MaxCompletionLength, input.Prompt, input.GroupId));
        Assert.Equal(rollout.Text, input.Completion);
    }

    [Fact]
    public void Cancellation_stops_between_two_tokens() => Assert.Throws<OperationCanceledException>(() =>
    {
        using CancellationTokenSource source = new();
        using Device device = Device.Cpu(1);
        using CausalModel model = Toy.NewModel(device);
        new RolloutEngine(model, Toy.Tokenizer, Sampling with { StopIds = [], Guide = () => new CancelsAtThird(source) }).Sample(Toy.Prompts("one"), 0, 1, Seed.From(1), source.Token);
    });

    private static IReadOnlyList<Rollout> Sample(IReadOnlyList<Prompt> prompts, int firstGroup, int samples, SamplingOptions sampling)
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = Toy.NewModel(device);
        return new RolloutEngine(model, Toy.Tokenizer, sampling).Sample(prompts, firstGroup, samples, Seed.From(1), TestContext.Current.CancellationToken);
    }

    private sealed class CancelsAtThird(CancellationTokenSource source) : ICompletionGuide
    {
        private int _tokens;

        public bool Constrain(Span<ulong> allowed) => false;

        public bool Append(int id)
        {
            if (++_tokens == 3)
                source.Cancel();
            return false;
        }
    }
}
