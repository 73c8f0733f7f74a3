using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Tests.Kernels;

public sealed class EmbeddingTests
{
    public static TheoryData<SimdLevel> AllLevels => Levels.Data;

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Every_width_and_vocabulary_matches_the_reference(SimdLevel level) =>
        OpCheck.MatchesReference(level, Enumerable.Range(0, 65).Select(i => OpCases.Embedding(Seed.From(i), 1 + (i * 12 % 140), 1 + (4 * i), 1 + i, i % 3 == 0 ? 7.5f : 1)));
}
