using Cerise.Models.Generation;
using Cerise.Tensors;

namespace Cerise.Models.Tests.Generation;

public sealed class SamplingOptionsTests
{
    public static TheoryData<SamplingOptions, string> Faulty => new()
    {
        { new() { Temperature = -0.5f }, "temperature is -0.5; use 0 (greedy) or a number from 0.0001 on" },
        { new() { Temperature = float.NaN }, "temperature is NaN; use 0 (greedy) or a number from 0.0001 on" },
        { new() { Temperature = float.PositiveInfinity }, "temperature is Infinity; use 0 (greedy) or a number from 0.0001 on" },
        { new() { Temperature = 9e-5f }, "temperature is 9E-05; use 0 (greedy) or a number from 0.0001 on" },
        { new() { TopK = -1 }, "top_k is -1; use 0 (all) or more" },
        { new() { TopP = 0 }, "top_p is 0; use a number in (0, 1]" },
        { new() { TopP = 1.01f }, "top_p is 1.01; use a number in (0, 1]" },
        { new() { TopP = float.NaN }, "top_p is NaN; use a number in (0, 1]" },
        { new() { MinP = -0.1f }, "min_p is -0.1; use a number in [0, 1]" },
        { new() { MinP = 1.5f }, "min_p is 1.5; use a number in [0, 1]" },
        { new() { MinP = float.NaN }, "min_p is NaN; use a number in [0, 1]" },
        { new() { RepetitionPenalty = 0 }, "repetition_penalty is 0; use a number above 0, 1 for none" },
        { new() { RepetitionPenalty = float.NaN }, "repetition_penalty is NaN; use a number above 0, 1 for none" },
        { new() { RepetitionPenalty = float.PositiveInfinity }, "repetition_penalty is Infinity; use a number above 0, 1 for none" },
        { new() { MaxNewTokens = 0 }, "the most new tokens is 0; use 1 or more" },
        { new() { MaxBatchSize = 0 }, "the batch size is 0; use 1 or more" },
    };

    [Theory]
    [MemberData(nameof(Faulty))]
    public void Every_fault_is_named_and_refused_before_anything_is_sampled(SamplingOptions options, string fault)
    {
        Assert.Equal([fault], options.Faults());
        using Device device = Device.Cpu(1);
        using CausalModel model = FixedLogits.New(device, 10, 1, 2);
        Generator generator = new(model) { NewCache = _ => throw new InvalidOperationException("sampled") };
        ArgumentException error = Assert.Throws<ArgumentException>(() => generator.Sample([new GenerationRequest([0], 1, Seed.From(0))], options));
        Assert.Contains(fault, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_faults_come_at_once()
    {
        SamplingOptions options =
            new() { Temperature = -1, TopK = -1, TopP = 0, MinP = 2, RepetitionPenalty = -1, MaxNewTokens = 0, MaxBatchSize = -3 };
        Assert.Equal(7, options.Faults().Count());
    }

    [Fact]
    public void The_defaults_sample_the_model_itself()
    {
        SamplingOptions options = new();
        Assert.Empty(options.Faults());
        Assert.Equal((1f, 0, 1f, 0f, 1f), (options.Temperature, options.TopK, options.TopP, options.MinP, options.RepetitionPenalty));
        Assert.Equal((256, 32), (options.MaxNewTokens, options.MaxBatchSize));
        Assert.Empty(options.StopIds);
        Assert.Null(options.Guide);
        Assert.Empty(new SamplingOptions { Temperature = 0.0001f }.Faults());
        options = new() { Temperature = 0, MinP = 1, RepetitionPenalty = 1.3f, MaxNewTokens = int.MaxValue, MaxBatchSize = int.MaxValue };
        Assert.Empty(options.Faults());
    }
}
