using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Tests.Kernels;

public sealed class GeGluTests
{
    public static TheoryData<SimdLevel, GeluForm> Kinds => new MatrixTheoryData<SimdLevel, GeluForm>([.. Levels.Usable], Enum.GetValues<GeluForm>());

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_length_matches_the_reference(SimdLevel level, GeluForm form) =>
        OpCheck.MatchesReference(level, Enumerable.Range(1, 130).Append(20_003).Select(n => OpCases.GeGlu(Seed.From(n), form, n) with { Tolerance = 2e-6 }));
}
