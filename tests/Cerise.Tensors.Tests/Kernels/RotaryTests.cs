using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Tests.Kernels;

public sealed class RotaryTests
{
    public static TheoryData<SimdLevel> AllLevels => Levels.Data;

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Every_head_size_matches_the_reference(SimdLevel level) =>
        OpCheck.MatchesReference(
            level, Enumerable.Range(1, 80).Select(pairs => OpCases.Rotary(Seed.From(pairs), 1 + (pairs * 5 % 70), 1 + (pairs % 3), 2 * pairs) with { Tolerance = 1e-6 }));

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void A_head_rotated_in_part_matches_the_reference(SimdLevel level) =>
        OpCheck.MatchesReference(
            level, Enumerable.Range(1, 40).Select(pairs => OpCases.Rotary(Seed.From(pairs), 1 + (pairs * 5 % 70), 1 + (pairs % 3), (2 * pairs) + (pairs % 37), pairs) with { Tolerance = 1e-6 }));
}
