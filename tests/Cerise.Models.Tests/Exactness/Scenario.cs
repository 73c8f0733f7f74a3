using Cerise.Models.Configs;
using Cerise.Models.Generation;
using Cerise.Tensors;

namespace Cerise.Models.Tests.Exactness;

/// <summary>A random model with random requests and sampling settings, all from one seed; failures name it.</summary>
internal sealed record Scenario(Seed Seed, ModelConfig Config, GenerationRequest[] Requests, SamplingOptions Options)
{
    // Around the borders of the blocks of 64 keys.
    private static readonly int[] PromptLengths = [1, 63, 64, 65, 130];

    public static Scenario From(int number)
    {
        Seed seed = Seed.From(number);
        int Below(string what, int bound) => seed.Fork(what).Below(0, bound);
        ModelConfig config = TinyModels.Config(seed.Fork("config"));
        GenerationRequest[] requests =
        [
            .. Enumerable.Range(0, 4).Select(i =>
            {
                bool isAtBorder = seed.Fork("border").Below(i, 3) > 0;
                int length = isAtBorder ? PromptLengths[seed.Fork("length").Below(i, PromptLengths.Length)] : 1 + seed.Fork("length").Below(i, 150);
                int[] prompt = TinyModels.Tokens(seed.Fork("prompt").Fork(i), length, config.VocabSize);
                return new GenerationRequest(prompt, 1 + seed.Fork("group").Below(i, 4), seed.Fork("request").Fork(i));
            }),
        ];
        SamplingOptions options = new()
        {
            Temperature = new[] { 1, 0.6f, 1.4f, 0 }[Below("temperature", 4)],
            TopK = Below("top-k", 3) == 0 ? 1 + Below("k", config.VocabSize) : 0,
            TopP = Below("top-p", 3) == 0 ? 0.9f : 1,
            MinP = Below("min-p", 3) == 0 ? 0.02f : 0,
            RepetitionPenalty = Below("penalty", 3) == 0 ? 1.2f : 1,
            MaxNewTokens = 1 + Below("most", 40),
            StopIds = [Below("stop", config.VocabSize)],
        };
        return new Scenario(seed, config, requests, options);
    }

    /// <summary>The temperature at which log-probabilities are recorded.</summary>
    public float ScoredTemperature => Options.Temperature > 0 ? Options.Temperature : 1;

    public CausalModel NewModel(Device device) => TinyModels.New(Config, device, Seed);

    /// <summary>Prompts with their completions, of which the completions' tokens are scored.</summary>
    public IEnumerable<(IReadOnlyList<int> Ids, IReadOnlyList<bool> Scored)> Sequences(IReadOnlyList<IReadOnlyList<Completion>> completions) =>
        Requests.Zip(completions).SelectMany(pair => pair.Second.Select(completion => (
            (IReadOnlyList<int>)[.. pair.First.PromptIds, .. completion.Ids],
            (IReadOnlyList<bool>)[.. pair.First.PromptIds.Select(_ => false), .. completion.Ids.Select(_ => true)])));
}
