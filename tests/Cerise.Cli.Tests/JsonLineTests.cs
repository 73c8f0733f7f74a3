namespace Cerise.Cli.Tests;

public sealed class JsonLineTests
{
    [Fact]
    public void Floats_come_back_with_the_same_bits()
    {
        float[] values = [0, -0f, 1, -1.5f, 0.1f, 1e-45f, float.MaxValue, -3.4e-5f, 16777217, MathF.PI];
        using var line = System.Text.Json.JsonDocument.Parse(new JsonLine().Add("x", values).ToString());
        Assert.Equal(values.Select(BitConverter.SingleToInt32Bits), line.RootElement.Floats("x").Select(BitConverter.SingleToInt32Bits));
        Assert.Equal("{\"x\":[0.1,1E-45]}", new JsonLine().Add("x", [0.1f, 1e-45f]).ToString());
    }

    [Fact]
    public void What_is_not_finite_or_not_there_is_null() => Assert.Equal(
        "{\"a\":[null,null],\"b\":null,\"c\":null,\"d\":null}",
        new JsonLine().Add("a", [float.NaN, float.NegativeInfinity]).Add("b", double.PositiveInfinity).Add("c", (string?)null).Add("d", (bool?)null)
            .ToString());

    [Fact]
    public void Keys_keep_their_order_and_text_is_escaped_where_it_must_be() =>
        Assert.Equal(
            "{\"z\":1,\"a\":true,\"t\":\"\\\"\\\\\\n\\u0000é🎂\",\"l\":[\"x\",\"y\"]}",
            new JsonLine().Add("z", 1).Add("a", true).Add("t", "\"\\\n\0é🎂").Add("l", ["x", "y"]).ToString());

    [Fact]
    public void Nothing_is_an_empty_object() => Assert.Equal("{}", new JsonLine().ToString());
}
