using Cerise.Training.Recipes;
using Cerise.Training.Verifiers;

namespace Cerise.Training.Rewards;

/// <summary>The rewards by name, so that recipes can ask for them: the built-in ones, and those that user code adds.</summary>
public sealed class RewardRegistry
{
    private readonly SortedDictionary<string, Func<RewardSettings, IReward>> _rewards = new(StringComparer.Ordinal);

    /// <summary>A registry with the built-in rewards.</summary>
    /// <param name="verifiers">Where "accuracy" and the length rewards find their verifier; default the built-in kinds.</param>
    public RewardRegistry(VerifierRegistry? verifiers = null)
    {
        Verifiers = verifiers ?? new VerifierRegistry();
        Register("accuracy", Accuracy);
        Register(FormatReward.RegistryName, settings => new FormatReward(settings.Choice("mode", FormatMode.Cerise)));
        Register("tag_count", _ => new TagCountReward());
        Register("cosine_length", CosineLength);
        Register("kimi_length", settings => new KimiLengthReward(Accuracy(settings)));
        Register("soft_overlong", settings => new SoftOverlongReward(settings.Whole("soft_punish_cache", null, 1), settings.Whole("max_completion_len", 0, 0)));
        Register("repetition_penalty", settings => new RepetitionPenaltyReward(
            settings.Whole("ngram_size", 3, 1), settings.Number("max_penalty", -1), settings.Choice("unit", RepetitionUnit.Ids)));
        Register("language_consistency", Language);
        Register("length", settings => new LengthReward(settings.Whole("target", null, 1)));
        Register("spelling", settings => new SpellingReward(settings.TextOrNull("words") ?? throw new RewardException(
            "reward 'spelling': the setting words is missing. Give a text file or a folder of .txt files whose words count as known.")));
        Register("constant", settings => new ConstantReward(settings.Number("value", 1)));
    }

    /// <summary>The verifiers that rewards may use.</summary>
    public VerifierRegistry Verifiers { get; }

    /// <summary>The known names, sorted.</summary>
    public IReadOnlyCollection<string> Names => _rewards.Keys;

    /// <summary>Adds a reward, or replaces a built-in one.</summary>
    /// <param name="name">The name in recipes.</param>
    /// <param name="factory">Makes the reward; it reads every setting it knows, whether set or not.</param>
    public void Register(string name, Func<RewardSettings, IReward> factory)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(factory);
        _rewards[name] = factory;
    }

    /// <summary>Makes a reward.</summary>
    /// <param name="name">A known name.</param>
    /// <param name="values">Its settings in snake_case, as text; null for none.</param>
    /// <exception cref="RewardException">The name or a setting is unknown, or a value does not fit; the message names the nearest known name.</exception>
    public IReward Create(string name, IReadOnlyDictionary<string, string>? values = null)
    {
        if (!_rewards.TryGetValue(name, out Func<RewardSettings, IReward>? factory))
            throw new RewardException(NearestName.Explain("reward", name, _rewards.Keys));
        var settings = new RewardSettings(name, values ?? new Dictionary<string, string>());
        try
        {
            IReward reward = factory(settings);
            settings.RefuseUnknown();
            return reward;
        }
        catch (VerifierException error)
        {
            throw new RewardException($"reward '{name}': {error.Message}", error);
        }
    }

    private AccuracyReward Accuracy(RewardSettings settings)
    {
        var verifier = new VerifierSettings { Lenient = settings.Flag("lenient", false), UseAll = settings.Flag("use_all", true) };
        return new AccuracyReward(Verifiers.Create(settings.Text("kind", "gsm8k"), verifier), new AccuracyRewardOptions
        {
            Column = settings.Text("column", "answer"),
            RequireThinking = settings.Flag("require_thinking", false),
            RequireFormat = settings.ChoiceOrNull<FormatMode>("require_format"),
        });
    }

    private CosineLengthReward CosineLength(RewardSettings settings)
    {
        var defaults = new CosineLengthOptions();
        return new CosineLengthReward(Accuracy(settings), new CosineLengthOptions
        {
            MaxLen = settings.Whole("max_len", defaults.MaxLen, 0),
            MinValueCorrect = settings.Number("min_value_correct", defaults.MinValueCorrect),
            MaxValueCorrect = settings.Number("max_value_correct", defaults.MaxValueCorrect),
            MinValueWrong = settings.Number("min_value_wrong", defaults.MinValueWrong),
            MaxValueWrong = settings.Number("max_value_wrong", defaults.MaxValueWrong),
        });
    }

    private static LanguageConsistencyReward Language(RewardSettings settings)
    {
        string? language = settings.TextOrNull("language");
        return language is null || LanguageConsistency.Languages.Contains(language)
            ? new LanguageConsistencyReward(language)
            : throw new RewardException($"reward 'language_consistency': no language '{language}'. Known: {string.Join(", ", LanguageConsistency.Languages)}.");
    }
}
