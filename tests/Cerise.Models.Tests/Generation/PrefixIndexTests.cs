using Cerise.Models.Configs;
using Cerise.Models.Generation;
using Cerise.Tensors;

namespace Cerise.Models.Tests.Generation;

public sealed class PrefixIndexTests : IDisposable
{
    private static readonly ModelConfig Config = TinyModels.Config(Seed.From(41)) with { NumHiddenLayers = 1 };

    private readonly Device _device = Device.Cpu(1);
    private readonly CausalModel _model;
    private readonly KvCache _cache;
    private readonly PrefixIndex _index;

    public PrefixIndexTests()
    {
        _model = TinyModels.New(Config, _device);
        _cache = new KvCache(_model, 10);
        _index = new PrefixIndex(_cache);
    }

    public void Dispose()
    {
        _cache.Dispose();
        _model.Dispose();
        _device.Dispose();
    }

    [Fact]
    public void A_text_finds_the_full_blocks_it_shares_and_leaves_a_token_to_compute()
    {
        List<int> blocks = Remember(Text(1, 200));
        Assert.Equal(blocks[..3], Found(Text(1, 200)));
        Assert.Equal(blocks[..2], Found(Text(1, 192)));                        // the third block would leave nothing
        Assert.Equal(blocks[..3], Found(Text(1, 193)));
        Assert.Equal(blocks[..1], Found([.. Text(1, 127), 5000, 1, 2]));
        Assert.Empty(Found(Text(2, 200)));
        Assert.Equal(7, _cache.FreeBlocks);
        Assert.Equal(3, _index.Unused);
    }

    [Fact]
    public void The_second_copy_of_a_text_is_not_kept_and_what_goes_on_from_it_is()
    {
        List<int> first = Remember(Text(1, 128));
        List<int> second = Remember([.. Text(1, 128), .. Text(7, 64)]);
        Assert.Equal([first[0], first[1], second[2]], Found([.. Text(1, 128), .. Text(7, 65)]));
        Assert.Equal(7, _cache.FreeBlocks);
    }

    [Fact]
    public void What_was_used_longest_ago_is_forgotten_first_ends_before_beginnings_and_nothing_in_use()
    {
        List<int> old = Remember(Text(1, 128));
        List<int> used = Remember(Text(2, 128));
        Remember(Text(3, 64));
        List<int> held = _index.Find(Text(1, 80));                             // holds the first block of the old text
        Assert.Equal(old[..1], held);
        Assert.True(_index.Forget());
        Assert.Empty(Found(Text(1, 64 + 1)).Except(old));
        Assert.Equal(old[..1], Found(Text(1, 129)));                           // its end is gone
        Assert.True(_index.Forget());
        Assert.Equal(used[..1], Found(Text(2, 129)));
        _cache.Release(held);
        for (int left = 3; left > 0; left--)
            Assert.True(_index.Forget());
        Assert.False(_index.Forget());
        Assert.Equal(10, _cache.FreeBlocks);
    }

    private static int[] Text(int seed, int length) => TinyModels.Tokens(Seed.From(seed), length, 1000);

    private List<int> Remember(int[] ids)
    {
        List<int> blocks = [.. Enumerable.Range(0, KvCache.BlocksFor(ids.Length)).Select(_ => _cache.Take())];
        _index.Add(ids, blocks);
        _cache.Release(blocks);
        return blocks;
    }

    private List<int> Found(int[] ids)
    {
        List<int> blocks = _index.Find(ids);
        _cache.Release(blocks);
        return blocks;
    }
}
