using System.CommandLine;
using Cerise.Data.Inference;
using Cerise.Models.Generation;
using Cerise.Training.Rollouts;

namespace Cerise.Cli;

/// <summary>
/// The flags of verbs that sample. A flag wins over the model's generation_config.json, which wins over the defaults of <see
/// cref="SamplingOptions"/>.
/// </summary>
internal sealed class SamplingFlags
{
    private const string EmptyStop = "--stop is empty, which would end every completion at its first token; give a text.";

    private readonly Option<int?> _maxNewTokens = Flag.Integer(
        "--max-new-tokens", "K", "most tokens of a completion (default: generation_config.json, else 256)");
    private readonly Option<double?> _temperature = Flag.Number(
        "--temperature", "T", "divides the logits; 0 is greedy (default: generation_config.json, else 1)", t => t >= 0, "of 0 or more");
    private readonly Option<double?> _topP = Flag.Number(
        "--top-p", "P", "keep the likeliest tokens that together reach P; 1 keeps all", p => p is > 0 and <= 1, "in (0, 1]");
    private readonly Option<int?> _topK = Flag.Integer("--top-k", "K", "keep the K likeliest tokens; 0 keeps all", 0);
    private readonly Option<double?> _minP = Flag.Number(
        "--min-p", "P", "keep tokens at least P times as likely as the likeliest", p => p is >= 0 and <= 1, "in [0, 1]");
    private readonly Option<double?> _penalty = Flag.Number(
        "--repetition-penalty", "R", "divides positive and multiplies negative logits of tokens seen before; 1 is off", r => r > 0, "above 0");
    private readonly Option<bool> _greedy = Flag.Switch("--greedy", "the same as --temperature 0");
    private readonly Option<string[]> _stop = Flag.Texts(
        "--stop", "TEXT", "ends a completion when its text holds TEXT, which stays part of it; may be given several times");
    private readonly Option<long?> _seed = Flag.Long("--seed", "S", "source of all draws (default: 42)");
    private readonly Option<int?> _batchSize = Flag.Integer(
        "--batch-size", "B", "most completions sampled at once; results do not depend on it (default: 32)");

    /// <summary>Gives a verb these flags.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_maxNewTokens, _temperature, _greedy, _topP, _topK, _minP, _penalty, _stop, _seed, _batchSize])
            command.Options.Add(option);
    }

    /// <summary>The seed of all draws.</summary>
    public long SeedOf(ParseResult flags) => flags.GetValue(_seed) ?? 42;

    /// <summary>How an engine samples: the flags, and its own defaults where none is given.</summary>
    /// <param name="flags">What was given.</param>
    /// <param name="defaults">The engine's.</param>
    public SamplingSettings Settings(ParseResult flags, SamplingSettings defaults)
    {
        double? temperature = flags.GetValue(_temperature) ?? (flags.GetValue(_greedy) ? 0 : null);
        if (flags.GetValue(_greedy) && temperature != 0)
            throw new MisuseException("--greedy and --temperature contradict each other; give one of them.");
        return defaults with
        {
            Temperature = (float?)temperature ?? defaults.Temperature,
            TopP = (float?)flags.GetValue(_topP) ?? defaults.TopP,
            TopK = flags.GetValue(_topK) ?? defaults.TopK,
            MinP = (float?)flags.GetValue(_minP) ?? defaults.MinP,
            RepetitionPenalty = (float?)flags.GetValue(_penalty) ?? defaults.RepetitionPenalty,
            MaxNewTokens = flags.GetValue(_maxNewTokens) ?? defaults.MaxNewTokens,
        };
    }

    /// <summary>The stop strings given.</summary>
    public IReadOnlyList<string> StopsOf(ParseResult flags)
    {
        string[] stops = flags.GetValue(_stop) ?? [];
        return stops.Contains("") ? throw new MisuseException(EmptyStop) : stops;
    }

    /// <summary>How to sample from a model.</summary>
    /// <param name="flags">What was given.</param>
    /// <param name="folder">The model, for its defaults, its EOS tokens and its tokenizer.</param>
    /// <param name="stops">Stop strings besides those given.</param>
    public SamplingOptions Options(ParseResult flags, LoadedModel folder, params IReadOnlyList<string> stops)
    {
        double? configured = folder.Generation?.DoSample == false ? 0 : folder.Generation?.Temperature;
        double temperature = flags.GetValue(_temperature) ?? (flags.GetValue(_greedy) ? 0 : configured ?? 1);
        if (flags.GetValue(_greedy) && temperature != 0)
            throw new MisuseException("--greedy and --temperature contradict each other; give one of them.");
        string[] all = [.. flags.GetValue(_stop) ?? [], .. stops];
        if (all.Contains(""))
            throw new MisuseException(EmptyStop);
        var options = new SamplingOptions
        {
            Temperature = (float)temperature,
            TopP = (float)(flags.GetValue(_topP) ?? folder.Generation?.TopP ?? 1),
            TopK = flags.GetValue(_topK) ?? folder.Generation?.TopK ?? 0,
            MinP = (float)(flags.GetValue(_minP) ?? folder.Generation?.MinP ?? 0),
            RepetitionPenalty = (float)(flags.GetValue(_penalty) ?? folder.Generation?.RepetitionPenalty ?? 1),
            MaxNewTokens = flags.GetValue(_maxNewTokens) ?? folder.Generation?.MaxNewTokens ?? 256,
            MaxBatchSize = flags.GetValue(_batchSize) ?? 32,
            StopIds = folder.StopIds,
            Guide = all.Length == 0 ? null : new StopStrings(folder.Tokenizer, all).Watch,
        };
        string faults = string.Join("; ", options.Faults());
        return faults.Length == 0 ? options : throw new CommandException(
            $"{folder.Path}: generation_config.json cannot be followed: {faults}. Correct the file, or give the flag.");
    }
}
