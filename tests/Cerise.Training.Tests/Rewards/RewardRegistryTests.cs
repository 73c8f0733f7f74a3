using Cerise.Testing;
using Cerise.Training.Rewards;
using Cerise.Training.Verifiers;

namespace Cerise.Training.Tests.Rewards;

public class RewardRegistryTests
{
    private static readonly RewardRegistry Registry = new();

    [Fact]
    public void Every_built_in_reward_is_made_under_its_name()
    {
        var needed = new Dictionary<string, (string, string)> { ["soft_overlong"] = ("soft_punish_cache", "4"), ["length"] = ("target", "4"), ["spelling"] = ("words", Path.Combine(TestPaths.Repository, "LICENSE")) };
        Assert.Equal(
            ["accuracy", "constant", "cosine_length", "format", "kimi_length", "language_consistency", "length", "repetition_penalty", "soft_overlong", "spelling", "tag_count"],
            Registry.Names);
        foreach (string name in Registry.Names)
            Assert.Equal(name, (needed.TryGetValue(name, out (string Key, string Value) one) ? Create(name, one) : Create(name)).Name);
    }

    [Fact]
    public void Settings_reach_the_rewards()
    {
        RewardInput wrong = Inputs.Of("3", columns: """{"gold": "3"}""", length: 3);
        Assert.Equal([1], Create("accuracy", ("lenient", "true"), ("column", "gold")).Score(Inputs.Batch(wrong)));
        Assert.Equal([1], Create("format", ("mode", "open_r1")).Score(Inputs.Batch(Inputs.Of("<think>\na\n</think>\n<answer>\nb\n</answer>\njunk"))));
        Assert.Equal([-0.25], Create("repetition_penalty", ("ngram_size", "2"), ("max_penalty", "-0.5")).Score(Inputs.Batch(wrong)));
        Assert.Equal([-2.5], Create("constant", ("value", "-2.5")).Score(Inputs.Batch(wrong)));
    }

    [Theory]
    [InlineData("acuracy", null, null, "unknown reward 'acuracy'; did you mean 'accuracy'? (known: accuracy, constant")]
    [InlineData("zzzzzzzz", null, null, "unknown reward 'zzzzzzzz' (known: accuracy")]
    [InlineData("format", "mod", "trl", "reward 'format': unknown setting 'mod'; did you mean 'mode'? (known: mode)")]
    [InlineData("tag_count", "x", "1", "reward 'tag_count': unknown setting 'x' (none are known here)")]
    [InlineData("format", "mode", "r1", "reward 'format': mode is 'r1', it must be one of cerise, trl, open_r1.")]
    [InlineData("accuracy", "kind", "maths", "reward 'accuracy': no verifier of kind 'maths'. Known kinds: countdown")]
    [InlineData("accuracy", "lenient", "yes", "reward 'accuracy': lenient is 'yes', it must be true or false.")]
    [InlineData("repetition_penalty", "ngram_size", "0", "reward 'repetition_penalty': ngram_size is '0', it must be at least 1.")]
    [InlineData("repetition_penalty", "ngram_size", "two", "ngram_size is 'two', it must be a whole number.")]
    [InlineData("constant", "value", "NaN", "reward 'constant': value is 'NaN', it must be a finite number.")]
    [InlineData("length", null, null, "reward 'length': 'target' is not set. Give it a value.")]
    [InlineData("language_consistency", "language", "xx", "reward 'language_consistency': no language 'xx'. Known: ar, el")]
    public void Bad_names_and_settings_say_what_is_known(string name, string? key, string? value, string message)
    {
        var error = Assert.Throws<RewardException>(() => key is null ? Create(name) : Create(name, (key, value!)));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void User_code_adds_rewards_and_verifiers()
    {
        var verifiers = new VerifierRegistry();
        verifiers.Register("any", _ => new FormatVerifier(FormatMode.Trl));
        var registry = new RewardRegistry(verifiers);
        registry.Register("shout", settings => new Shout(settings.Number("bonus", 1)));
        Assert.Equal([3, 0], registry.Create("shout", new Dictionary<string, string> { ["bonus"] = "3" }).Score(Inputs.Batch(Inputs.Of("A"), Inputs.Of("a"))));
        IReward accuracy = registry.Create("accuracy", new Dictionary<string, string> { ["kind"] = "any" });
        Assert.Equal([1], accuracy.Score(Inputs.Batch(Inputs.Of("<think>a</think>b"))));
    }

    private static IReward Create(string name, params (string Key, string Value)[] settings) =>
        Registry.Create(name, settings.ToDictionary(setting => setting.Key, setting => setting.Value));

    private sealed class Shout(double bonus) : RowReward("shout")
    {
        public override double? Score(RewardInput input) => input.Completion.All(char.IsUpper) ? bonus : 0;
    }
}
