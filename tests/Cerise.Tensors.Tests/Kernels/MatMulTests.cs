using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Tests.Kernels;

public sealed class MatMulTests
{
    public static TheoryData<SimdLevel> AllLevels => Levels.Data;

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Every_remainder_of_rows_channels_and_outputs_matches_the_reference(SimdLevel level)
    {
        Seed seed = Seed.From(21);
        OpCheck.MatchesReference(
            level,
            Enumerable.Range(1, 257).Where(n => n % 3 != 0).Select(n => n % 3 == 1
                ? OpCases.Linear(seed.Fork(n), 1 + (n % 14), n, 1 + (n * 7 % 130), bias: n % 2 == 0)
                : OpCases.Linear(seed.Fork(n), 1 + (n % 11), 1 + (n * 5 % 66), n, bias: n % 2 == 1)));
    }

    // Sums longer than the blocks they are cut into, more rows than an item takes, several panels.
    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Blocks_of_sums_and_of_rows_match_the_reference(SimdLevel level) =>
        OpCheck.MatchesReference(
            level,
            OpCases.Linear(Seed.From(1), 9, 1030, 70, bias: false),
            OpCases.Linear(Seed.From(2), 7, 65, 1100, bias: true),
            OpCases.Linear(Seed.From(3), 1100, 17, 33, bias: true),
            OpCases.Linear(Seed.From(4), 130, 64, 192, bias: false));
}
