using System.CommandLine;
using Cerise.Data;
using Cerise.Models;
using Cerise.Models.Checkpoints;
using Cerise.Models.Configs;
using Cerise.Tensors;

namespace Cerise.Cli.Verbs;

/// <summary><c>init-model</c>: a model with random weights, as a Hugging Face folder.</summary>
internal sealed class InitModelVerb : IVerb
{
    private const int DefaultContext = 2048;

    private readonly Option<string> _out = Flag.Text("--out", "DIR", "the folder to make", required: true);
    private readonly Option<string> _preset = Flag.Choice("--preset", [.. ModelPresets.All.Keys], "sizes by name; other flags change single ones");
    private readonly Option<string> _config = Flag.Text(
        "--config", "CONFIG.json", "sizes from a config.json or a model's folder; other flags change single ones");
    private readonly Option<string> _family = Flag.Choice(
        "--family", [.. ModelConfig.KnownModelTypes], "the architecture, where neither --preset nor --config is given; then all sizes below are needed");
    private readonly Option<int?> _hidden = Flag.Integer("--hidden-size", "N", "channels of the residual stream");
    private readonly Option<int?> _layers = Flag.Integer("--layers", "N", "decoder layers");
    private readonly Option<int?> _heads = Flag.Integer("--heads", "N", "query heads");
    private readonly Option<int?> _kvHeads = Flag.Integer("--kv-heads", "N", "key and value heads (default: as many as query heads)");
    private readonly Option<int?> _headDim = Flag.Integer("--head-dim", "N", "channels of a head (default: hidden size / heads)");
    private readonly Option<int?> _ffn = Flag.Integer("--ffn", "N", "channels inside the MLP");
    private readonly Option<int?> _vocab = Flag.Integer("--vocab-size", "N", "rows of the embedding (default: the tokenizer's ids)");
    private readonly Option<int?> _context = Flag.Integer("--context", "N", $"tokens of the longest sequence (default: {DefaultContext})");
    private readonly Option<double?> _theta = Flag.Number(
        "--rope-theta", "X", "base of the rotary frequencies (default: 10000)", x => x > 0, "above 0");
    private readonly Option<double?> _eps = Flag.Number(
        "--rms-norm-eps", "X", "added to the mean square in RMSNorm (default: 1e-6)", x => x > 0, "above 0");
    private readonly Option<bool> _tie = Flag.Switch("--tie", "the LM head is the embedding (default without --preset and --config)");
    private readonly Option<bool> _untied = Flag.Switch("--untied", "the LM head has weights of its own");
    private readonly Option<string> _tokenizer = Flag.Text(
        "--tokenizer", "DIR_OR_FILE", "copied beside the weights; gives the ids of BOS, EOS and padding");
    private readonly Option<string> _dtype = DTypeFlag.Of(
        "type the weights are stored in (default: auto, what the config says, else float32)", DTypeFlag.NamesWithAuto);
    private readonly Option<long?> _seed = Flag.Long("--seed", "S", "source of the weights (default: 42)");

    public InitModelVerb() => Command = new Command(
        "init-model", "Makes a model with random weights as a Hugging Face folder, in little memory whatever the model's size.")
    {
        _out, _preset, _config, _family, _hidden, _layers, _heads, _kvHeads, _headDim, _ffn, _vocab, _context, _theta, _eps, _tie, _untied,
        _tokenizer, _dtype, _seed,
    };

    /// <inheritdoc/>
    public Command Command { get; }

    /// <inheritdoc/>
    public string Example => "./cerise init-model --out my-model --preset nano3m --tokenizer my-tokenizer";

    /// <inheritdoc/>
    public int Run(ParseResult flags, Terminal terminal)
    {
        string folder = flags.GetRequiredValue(_out);
        if (Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*.safetensors*").Any())
            throw new CommandException($"{folder}: holds a model already. Name another folder with --out, or remove that one.");
        Tokenizer? tokenizer = flags.GetValue(_tokenizer) is { } path ? Tokenizer.Load(path) : null;
        ModelConfig config = WithTokenizer(Config(flags, tokenizer), tokenizer);
        Check(config);
        SafetensorsDType? dtype = DTypeFlag.TypeOf(flags, _dtype)?.InFile();
        FreshWeights.Save(folder, config, Seed.From(flags.GetValue(_seed) ?? 42), dtype, terminal.Cancellation);
        if (tokenizer is not null)
        {
            new GenerationConfig { BosTokenId = config.BosTokenId, EosTokenIds = config.EosTokenIds, PadTokenId = config.PadTokenId }.Save(folder);
            tokenizer.Save(folder);
        }
        terminal.Error.WriteLine($"{folder}: {ModelTensors.ParameterCount(config):N0} parameters");
        return ExitCodes.Done;
    }

    private ModelConfig Config(ParseResult flags, Tokenizer? tokenizer)
    {
        string?[] sources = [flags.GetValue(_preset), flags.GetValue(_config), flags.GetValue(_family)];
        if (sources.Count(source => source is not null) != 1)
            throw new MisuseException("init-model: give one of --preset, --config and --family. See './cerise init-model --help'.");
        if (flags.GetValue(_tie) && flags.GetValue(_untied))
            throw new MisuseException("init-model: --tie and --untied contradict each other; give one of them.");
        ModelConfig start = sources[0] is { } preset ? ModelPresets.All[preset]
            : sources[1] is { } path ? ModelConfig.Load(path)
            : Fresh(flags, sources[2]!, tokenizer);
        return start with
        {
            HiddenSize = flags.GetValue(_hidden) ?? start.HiddenSize,
            NumHiddenLayers = flags.GetValue(_layers) ?? start.NumHiddenLayers,
            NumAttentionHeads = flags.GetValue(_heads) ?? start.NumAttentionHeads,
            NumKeyValueHeads = flags.GetValue(_kvHeads) ?? (flags.GetValue(_heads) is null ? start.NumKeyValueHeads : 0),
            HeadDim = flags.GetValue(_headDim) ?? (flags.GetValue(_heads) is null && flags.GetValue(_hidden) is null ? start.HeadDim : 0),
            IntermediateSize = flags.GetValue(_ffn) ?? start.IntermediateSize,
            VocabSize = flags.GetValue(_vocab) ?? start.VocabSize,
            MaxPositionEmbeddings = flags.GetValue(_context) ?? start.MaxPositionEmbeddings,
            RopeTheta = flags.GetValue(_theta) ?? start.RopeTheta,
            RmsNormEps = flags.GetValue(_eps) ?? start.RmsNormEps,
            TieWordEmbeddings = flags.GetValue(_tie) || (!flags.GetValue(_untied) && start.TieWordEmbeddings),
        };
    }

    private ModelConfig Fresh(ParseResult flags, string family, Tokenizer? tokenizer)
    {
        (Option<int?> Flag, int? Value)[] sizes =
        [
            (_hidden, flags.GetValue(_hidden)), (_layers, flags.GetValue(_layers)), (_heads, flags.GetValue(_heads)), (_ffn, flags.GetValue(_ffn)),
            (_vocab, flags.GetValue(_vocab) ?? tokenizer?.VocabSize),
        ];
        string missing = string.Join(", ", sizes.Where(size => size.Value is null).Select(size => size.Flag.Name));
        if (missing.Length > 0)
            throw new MisuseException($"init-model: --family {family} needs {missing} too (--vocab-size is not needed with --tokenizer).");
        return new ModelConfig
        {
            ModelType = family,
            HiddenSize = sizes[0].Value!.Value,
            NumHiddenLayers = sizes[1].Value!.Value,
            NumAttentionHeads = sizes[2].Value!.Value,
            IntermediateSize = sizes[3].Value!.Value,
            VocabSize = sizes[4].Value!.Value,
            MaxPositionEmbeddings = DefaultContext,
            TieWordEmbeddings = true,
        }.WithFamilyDefaults();
    }

    private static ModelConfig WithTokenizer(ModelConfig config, Tokenizer? tokenizer)
    {
        if (tokenizer is null)
            return config;
        if (tokenizer.VocabSize > config.VocabSize)
        {
            throw new MisuseException(
                $"init-model: the tokenizer has the ids 0 to {tokenizer.VocabSize - 1}, the model's vocabulary {config.VocabSize} rows. " +
                $"Give --vocab-size {tokenizer.VocabSize} or more.");
        }
        return config with
        {
            BosTokenId = tokenizer.BosId ?? Within(config.BosTokenId, config.VocabSize),
            EosTokenIds = tokenizer.EosId is { } eos ? [eos] : config.EosTokenIds,
            PadTokenId = tokenizer.PadId ?? Within(config.PadTokenId, config.VocabSize),
        };
    }

    private static int? Within(int? id, int vocabSize) => id < vocabSize ? id : null;

    // Sizes that do not fit together come from the flags here, so they are misuse rather than a damaged file.
    private static void Check(ModelConfig config)
    {
        try
        {
            config.Validate("init-model");
        }
        catch (CheckpointException error)
        {
            throw new MisuseException(error.Message);
        }
    }
}
