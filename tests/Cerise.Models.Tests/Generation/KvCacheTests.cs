using Cerise.Models.Configs;
using Cerise.Models.Generation;
using Cerise.Tensors;

namespace Cerise.Models.Tests.Generation;

public sealed class KvCacheTests
{
    private static readonly ModelConfig Config = TinyModels.Config(Seed.From(41)) with
    {
        NumHiddenLayers = 2,
        NumAttentionHeads = 2,
        NumKeyValueHeads = 1,
        HeadDim = 4,
    };

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(63, 1)]
    [InlineData(64, 1)]
    [InlineData(65, 2)]
    [InlineData(128, 2)]
    [InlineData(130, 3)]
    public void A_block_holds_64_positions(int positions, int blocks) => Assert.Equal(blocks, KvCache.BlocksFor(positions));

    [Fact]
    public void A_block_takes_keys_and_values_of_all_layers()
        => Assert.Equal(2 * 2 * 64 * 1 * 4 * sizeof(float), KvCache.BytesPerBlock(Config));

    [Fact]
    public void A_shared_block_is_free_when_its_last_user_has_left()
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = TinyModels.New(Config, device);
        using KvCache cache = new(model, 3);
        int block = cache.Take();
        Assert.Equal(block, cache.Share(block));
        Assert.Equal(2, cache.FreeBlocks);
        cache.Release([block]);
        Assert.Equal(2, cache.FreeBlocks);
        cache.Release([block]);
        Assert.Equal(3, cache.FreeBlocks);
        Assert.Equal(3, new[] { cache.Take(), cache.Take(), cache.Take() }.Distinct().Count());
    }

    [Fact]
    public void A_copied_block_holds_the_same_keys_and_values_in_every_layer()
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = TinyModels.New(Config, device);
        using KvCache cache = new(model, 3);
        cache.Take();
        int source = cache.Take();
        long length = cache.Layer(0).BlockLength;
        for (int layer = 0; layer < 2; layer++)
        {
            device.Fill(cache.Layer(layer).Keys, source * length, length, 10 + layer);
            device.Fill(cache.Layer(layer).Values, source * length, length, 20 + layer);
        }
        int copy = cache.Copy(source);
        Assert.NotEqual(source, copy);
        for (int layer = 0; layer < 2; layer++)
        {
            Assert.Equal(length * (10 + layer) * (10 + layer), SumOfSquares(device, cache.Layer(layer).Keys, copy * length, length));
            Assert.Equal(length * (20 + layer) * (20 + layer), SumOfSquares(device, cache.Layer(layer).Values, copy * length, length));
        }
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(63, 0)]
    [InlineData(64, 1)]
    [InlineData(65, 1)]
    [InlineData(130, 2)]
    public void Samples_share_the_full_blocks_of_their_prompt_and_copy_the_last_part_of_one(int length, int full)
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = TinyModels.New(Config, device);
        using KvCache cache = new(model, 12);
        RequestRun request = new(0, new GenerationRequest(new int[length], 3, Seed.From(1)), new SamplingOptions(), 200, Config.VocabSize);
        PromptRun prompt = new(request);
        prompt.Begin(cache, []);
        int[] blocks = [.. prompt.Blocks];
        List<int>[] samples = [.. Enumerable.Range(0, 3).Select(_ => prompt.Next(cache).Blocks)];
        int copied = blocks.Length - full;
        Assert.All(samples, own => Assert.Equal(blocks[..full], own.Take(full)));
        Assert.Equal(2 * copied, samples[..2].SelectMany(own => own.Skip(full)).Except(blocks).Distinct().Count());
        Assert.Equal(blocks, samples[2]);                                      // the last takes the prompt's own
        prompt.Release(cache);
        Assert.Equal(12 - full - (3 * copied), cache.FreeBlocks);
        cache.Release(samples[0]);
        cache.Release(samples[1]);
        Assert.Equal(12 - full - copied, cache.FreeBlocks);
        cache.Release(samples[2]);
        Assert.Equal(12, cache.FreeBlocks);
    }

    private static double SumOfSquares(Device device, Storage storage, long offset, long length)
    {
        using Storage part = device.Allocate(length);
        device.Copy(storage, offset, part, 0, length);
        return device.SumOfSquares(part, length);
    }
}
