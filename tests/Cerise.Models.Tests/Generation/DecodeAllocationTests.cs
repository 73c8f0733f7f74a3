using Cerise.Models.Configs;
using Cerise.Models.Generation;
using Cerise.Tensors;

namespace Cerise.Models.Tests.Generation;

/// <summary>A step of decoding in which no sequence begins or ends allocates nothing managed.</summary>
public sealed class DecodeAllocationTests
{
    private static readonly ModelConfig Small = TinyModels.Config(Seed.From(31)) with
    {
        VocabSize = 30,
        NumHiddenLayers = 2,
        MaxPositionEmbeddings = 200,
        RopeScaling = null,
    };

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 12)]
    public void Ten_steps_allocate_no_byte(int threads, int samples)
    {
        using Device device = Device.Cpu(threads);
        using CausalModel model = TinyModels.New(Small, device);
        using Generator generator = new(model);
        GenerationRequest[] requests = [new([1, 2, 3], samples, Seed.From(1))];
        SamplingOptions options = new() { MaxNewTokens = 120 };
        List<long> bytes = new(200);
        void Drawn(int request, int sample, int id)
        {
            if (sample == 0)
                bytes.Add(GC.GetAllocatedBytesForCurrentThread());
        }
        for (int call = 0; call < 2; call++)
        {
            bytes.Clear();
            generator.Generate(requests, options, drawn: Drawn, cancellation: TestContext.Current.CancellationToken);
        }
        // The second call is warm. Token 61 begins a new block.
        Assert.Equal(120, bytes.Count);
        for (int step = 2; step < 110; step += 10)
            Assert.Equal(bytes[step], bytes[step + 10 - 1]);
    }
}
