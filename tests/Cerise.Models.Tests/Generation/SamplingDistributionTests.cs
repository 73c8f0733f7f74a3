using Cerise.Models.Generation;
using Cerise.Tensors;

namespace Cerise.Models.Tests.Generation;

/// <summary>What the settings do to what is sampled, seen from outside: frequencies over many draws of a fixed seed.</summary>
public sealed class SamplingDistributionTests
{
    private const int Draws = 20_000;

    // Of 20,000 draws a share's standard deviation is at most 0.0036; five of them.
    private const double Tolerance = 0.018;

    private static readonly float[] Logits = [2, 1.5f, 0.5f, 0, -1];

    public static TheoryData<string, SamplingOptions, double[]> V108 => new()
    {
        { "all", new(), [0.49633132, 0.30104017, 0.11074649, 0.06717114, 0.02471088] },
        { "top-p 0.8", new() { TopP = 0.8f }, [0.54654939, 0.33149896, 0.12195165, 0, 0] },
        { "min-p 0.1", new() { MinP = 0.1f }, [0.50890686, 0.30866761, 0.11355247, 0.06887305, 0] },
        { "top-k 2", new() { TopK = 2 }, [0.62245933, 0.37754067, 0, 0, 0] },
        { "temperature 0.5", new() { Temperature = 0.5f }, [0.69518747, 0.25574518, 0.03461135, 0.01273280, 0.00172320] },
    };

    [Theory]
    [MemberData(nameof(V108))]
    public void V108_truncations_and_temperature_give_the_published_frequencies(string what, SamplingOptions options, double[] expected)
    {
        double[] shares = Shares(options, Logits);
        for (int id = 0; id < expected.Length; id++)
        {
            Assert.True(Math.Abs(shares[id] - expected[id]) < Tolerance, $"{what}: token {id} has a share of {shares[id]}, expected {expected[id]}");
            Assert.Equal(expected[id] == 0, shares[id] == 0);
        }
    }

    [Theory]
    [InlineData(1f)]
    [InlineData(0.5f)]
    public void Recorded_log_probabilities_are_those_of_the_untruncated_distribution_at_the_temperature(float temperature)
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = FixedLogits.New(device, 300, Logits);
        SamplingOptions options =
            new() { Temperature = temperature, TopK = 2, TopP = 0.9f, MinP = 0.05f, RepetitionPenalty = 1.4f, MaxNewTokens = 200 };
        Completion completion = new Generator(model).Sample([new GenerationRequest([0], 1, Seed.From(1))], options)[0][0];
        double[] weights = [.. Logits.Select(logit => Math.Exp(logit / temperature))];
        foreach ((int id, float logProb) in completion.Ids.Zip(completion.LogProbs))
            Assert.Equal(Math.Log(weights[id] / weights.Sum()), logProb, 1e-5);
    }

    [Fact]
    public void Truncations_apply_in_the_order_top_k_top_p_min_p_each_to_what_is_left()
    {
        // Top-k 3 leaves 0.5466, 0.3315, 0.1220; of these top-p 0.85 keeps two only (0.878), while of all five tokens it would take three.
        Assert.Equal(0, Shares(new() { TopK = 3, TopP = 0.85f }, Logits)[2]);
        Assert.NotEqual(0, Shares(new() { TopP = 0.85f }, Logits)[2]);
        // Min-p compares with the likeliest at the temperature: at 0.5 token 2 is e^-3 = 0.0498 times as likely.
        Assert.Equal(0, Shares(new() { Temperature = 0.5f, MinP = 0.051f }, Logits)[2]);
        Assert.NotEqual(0, Shares(new() { Temperature = 0.5f, MinP = 0.049f }, Logits)[2]);
    }

    [Fact]
    public void Truncations_never_leave_nothing()
    {
        SamplingOptions[] narrowest = [new() { TopP = 1e-6f }, new() { MinP = 1 }, new() { TopK = 1 }, new() { TopK = 1, TopP = 1e-6f, MinP = 1 }];
        foreach (SamplingOptions options in narrowest)
            Assert.Equal([1, 0, 0, 0, 0], Shares(options, Logits));
        Assert.Equal(Shares(new() { TopK = 5 }, Logits), Shares(new() { TopK = int.MaxValue }, Logits));
    }

    [Fact]
    public void Repetition_penalty_divides_positive_logits_and_multiplies_negative_ones_of_prompt_and_completion()
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = FixedLogits.New(device, 20, 4, 3, 2, -1, -1.5f);
        int[] Greedy(float penalty, params int[] prompt)
        {
            SamplingOptions options = new() { Temperature = 0, RepetitionPenalty = penalty, MaxNewTokens = 4 };
            return [.. new Generator(model).Sample([new GenerationRequest(prompt, 1, Seed.From(0))], options)[0][0].Ids];
        }
        Assert.Equal([0, 0, 0, 0], Greedy(1, 4));
        Assert.Equal([0, 1, 0, 0], Greedy(1.5f, 4));               // 4, then 4/1.5 < 3, then 4/1.5 > 3/1.5
        Assert.Equal([1, 0, 0, 0], Greedy(1.5f, 0, 0));            // a token counts once however often it occurred
        Assert.Equal([0, 1, 2, 0], Greedy(3, 4));                  // 4/3 < 2
        Assert.Equal([2, 0, 0, 0], Greedy(3, 0, 1));
    }

    [Fact]
    public void Repetition_penalty_acts_on_negative_logits_too()
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = FixedLogits.New(device, 20, -1, -1.5f);
        SamplingOptions options = new() { Temperature = 0, RepetitionPenalty = 2, MaxNewTokens = 3 };
        Assert.Equal([0, 0, 0], new Generator(model).Sample([new GenerationRequest([1], 1, Seed.From(0))], options)[0][0].Ids);
        Assert.Equal([1, 0, 0], new Generator(model).Sample([new GenerationRequest([0], 1, Seed.From(0))], options)[0][0].Ids);
    }

    [Fact]
    public void Greedy_takes_the_lowest_id_at_a_tie()
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = FixedLogits.New(device, 10, 1, 3, 2, 3, 3);
        SamplingOptions options = new() { Temperature = 0, MaxNewTokens = 5 };
        Completion completion = new Generator(model).Sample([new GenerationRequest([4], 1, Seed.From(3))], options)[0][0];
        Assert.Equal([1, 1, 1, 1, 1], completion.Ids);
    }

    [Fact]
    public void Samples_of_a_prompt_are_independent_draws()
    {
        // Equal neighbours occur as often as they must: sum of p^2 = 0.3544.
        using Device device = Device.Cpu(1);
        using CausalModel model = FixedLogits.New(device, 110, Logits);
        SamplingOptions options = new() { MaxNewTokens = 100 };
        IReadOnlyList<Completion> samples = new Generator(model).Sample([new GenerationRequest([0], 200, Seed.From(5))], options)[0];
        double Equal(IEnumerable<int> a, IEnumerable<int> b) => a.Zip(b).Average(pair => pair.First == pair.Second ? 1.0 : 0);
        double across = samples.Zip(samples.Skip(1)).Average(pair => Equal(pair.First.Ids, pair.Second.Ids));
        double along = samples.Average(sample => Equal(sample.Ids, sample.Ids.Skip(1)));
        Assert.Equal(0.3544, across, Tolerance);
        Assert.Equal(0.3544, along, Tolerance);
    }

    private static double[] Shares(SamplingOptions options, float[] logits)
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = FixedLogits.New(device, 256, logits);
        GenerationRequest request = new([0], Draws / 200, Seed.From(42));
        IReadOnlyList<Completion> samples = new Generator(model).Sample([request], options with { MaxNewTokens = 200 })[0];
        double[] counts = new double[logits.Length];
        foreach (int id in samples.SelectMany(sample => sample.Ids))
            counts[id]++;
        return Array.ConvertAll(counts, count => count / Draws);
    }
}
