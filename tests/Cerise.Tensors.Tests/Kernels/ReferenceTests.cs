namespace Cerise.Tensors.Tests.Kernels;

/// <summary>The references' gradients against finite differences of their forwards: what everything else is measured by.</summary>
public sealed class ReferenceTests
{
    private static readonly Seed Seed = Seed.From(11);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Linear_gradients_match_finite_differences(bool bias) => OpCheck.ReferenceMatchesFiniteDifferences(OpCases.Linear(Seed, 3, 5, 4, bias));

    [Theory]
    [InlineData(1)]
    [InlineData(2.5f)]
    public void Embedding_gradients_match_finite_differences(float scale) => OpCheck.ReferenceMatchesFiniteDifferences(OpCases.Embedding(Seed, 5, 3, 9, scale));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Norm_gradients_match_finite_differences(float offset)
    {
        OpCheck.ReferenceMatchesFiniteDifferences(OpCases.RmsNorm(Seed, 4, 7, offset));
        OpCheck.ReferenceMatchesFiniteDifferences(OpCases.AddRmsNorm(Seed, 4, 7, offset));
        OpCheck.ReferenceMatchesFiniteDifferences(OpCases.HeadRmsNorm(Seed, 2, 3, 5, offset));
    }

    [Fact]
    public void Rotary_gradients_match_finite_differences() => OpCheck.ReferenceMatchesFiniteDifferences(OpCases.Rotary(Seed, 5, 2, 6));

    [Fact]
    public void Rotary_gradients_of_a_part_match_finite_differences() => OpCheck.ReferenceMatchesFiniteDifferences(OpCases.Rotary(Seed, 5, 2, 9, 3));

    [Fact]
    public void LayerNorm_gradients_match_finite_differences() => OpCheck.ReferenceMatchesFiniteDifferences(OpCases.LayerNorm(Seed, 4, 7));

    [Fact]
    public void AddLayerNorm_gradients_match_finite_differences() => OpCheck.ReferenceMatchesFiniteDifferences(OpCases.AddLayerNorm(Seed, 4, 7));

    [Theory]
    [InlineData(GeluForm.Exact)]
    [InlineData(GeluForm.Tanh)]
    public void GeGlu_gradients_match_finite_differences(GeluForm form) => OpCheck.ReferenceMatchesFiniteDifferences(OpCases.GeGlu(Seed, form, 30));

    [Theory]
    [InlineData(2, 3)]
    [InlineData(4, 0)]
    public void Split_gradients_match_finite_differences(int first, int second) => OpCheck.ReferenceMatchesFiniteDifferences(OpCases.Split(Seed, 3, 6, first, second));

    [Fact]
    public void SwiGlu_gradients_match_finite_differences() => OpCheck.ReferenceMatchesFiniteDifferences(OpCases.SwiGlu(Seed, 30));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 2)]
    [InlineData(3, 1)]
    public void Attention_gradients_match_finite_differences(int heads, int kvHeads) =>
        OpCheck.ReferenceMatchesFiniteDifferences(OpCases.Attention(Seed, [1, 5, 3], heads, kvHeads, 4));

    [Theory]
    [InlineData(3, 0)]
    [InlineData(0, 0.8f)]
    [InlineData(2, 1.5f)]
    public void Attention_gradients_within_a_window_and_under_a_cap_match_finite_differences(int window, float cap) =>
        OpCheck.ReferenceMatchesFiniteDifferences(OpCases.Attention(Seed, [1, 5, 3], 4, 2, 4, new AttentionSettings(4, 0.4f, window, cap)));

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0.7f, 0)]
    [InlineData(0.8f, 1.3f)]
    public void LmHead_gradients_match_finite_differences(float temperature, float cap) =>
        OpCheck.ReferenceMatchesFiniteDifferences(OpCases.LmHead(Seed, 4, 3, 6, temperature, cap));

    [Theory]
    [InlineData(UnaryOp.Affine)]
    [InlineData(UnaryOp.Exp)]
    [InlineData(UnaryOp.Clamp)]
    [InlineData(UnaryOp.Square)]
    [InlineData(UnaryOp.Sigmoid)]
    [InlineData(UnaryOp.Gelu)]
    [InlineData(UnaryOp.GeluTanh)]
    public void Unary_slopes_match_finite_differences(UnaryOp op) => OpCheck.ReferenceMatchesFiniteDifferences(OpCases.Unary(Seed, op, 40));

    [Theory]
    [InlineData(BinaryOp.Add)]
    [InlineData(BinaryOp.Subtract)]
    [InlineData(BinaryOp.Multiply)]
    [InlineData(BinaryOp.Min)]
    [InlineData(BinaryOp.Max)]
    public void Binary_slopes_match_finite_differences(BinaryOp op) => OpCheck.ReferenceMatchesFiniteDifferences(OpCases.Binary(Seed, op, 40));
}
