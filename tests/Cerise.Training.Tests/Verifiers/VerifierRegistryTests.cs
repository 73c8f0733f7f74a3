using Cerise.Training.Verifiers;

namespace Cerise.Training.Tests.Verifiers;

public class VerifierRegistryTests
{
    [Fact]
    public void Built_in_kinds_are_made_under_their_own_name()
    {
        var registry = new VerifierRegistry();
        Assert.Equal(["countdown", "format", "gsm8k", "pattern", "text", "text_f1"], registry.Kinds);
        Assert.All(registry.Kinds, kind => Assert.Equal(kind, registry.Create(kind).Kind));
    }

    [Fact]
    public void An_unknown_kind_lists_the_known_ones()
    {
        var error = Assert.Throws<VerifierException>(() => new VerifierRegistry().Create("maths"));
        Assert.Equal("no verifier of kind 'maths'. Known kinds: countdown, format, gsm8k, pattern, text, text_f1.", error.Message);
    }

    [Fact]
    public void User_code_adds_kinds()
    {
        var registry = new VerifierRegistry();
        registry.Register("mine", _ => new FormatVerifier(FormatMode.Trl));
        Assert.Equal(1, registry.Create("mine").Verify("", "<think>a</think>b", NoColumns.Value).Score);
    }

    [Fact]
    public void Settings_reach_the_verifiers()
    {
        var registry = new VerifierRegistry();
        var lenient = new VerifierSettings { Lenient = true, Mode = FormatMode.Trl };
        Assert.Equal(1, registry.Create("gsm8k", lenient).Verify("7", "7", NoColumns.Value).Score);
        Assert.Equal(0, registry.Create("gsm8k").Verify("7", "7", NoColumns.Value).Score);
        Assert.Equal(1, registry.Create("format", lenient).Verify("", "<think>a</think>b", NoColumns.Value).Score);
    }
}
