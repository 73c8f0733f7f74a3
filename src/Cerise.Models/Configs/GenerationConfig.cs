using System.Text;
using Cerise.Models.Checkpoints;

namespace Cerise.Models.Configs;

/// <summary>How a model's makers suggest to sample from it: <c>generation_config.json</c> of a Hugging Face folder.</summary>
/// <remarks>A null means that the file does not say. Keys that are not read here are kept when a loaded file is saved.</remarks>
public sealed record GenerationConfig
{
    /// <summary>The file's name in a model folder.</summary>
    public const string FileName = "generation_config.json";

    private const long MaxFileBytes = 1_000_000;

    private static readonly ConfigKey<GenerationConfig>[] Keys =
    [
        new("bos_token_id", config => config.BosTokenId),
        new("eos_token_id", config => ConfigJson.Ids(config.EosTokenIds)),
        new("pad_token_id", config => config.PadTokenId),
        new("do_sample", config => config.DoSample),
        new("temperature", config => config.Temperature),
        new("top_k", config => config.TopK),
        new("top_p", config => config.TopP),
        new("min_p", config => config.MinP),
        new("repetition_penalty", config => config.RepetitionPenalty),
        new("max_new_tokens", config => config.MaxNewTokens),
        new("max_length", config => config.MaxLength),
    ];

    /// <summary>Id of the token a sequence begins with.</summary>
    public int? BosTokenId { get; init; }

    /// <summary>Ids of the tokens that end a sequence; may be empty.</summary>
    public IReadOnlyList<int> EosTokenIds { get; init; } = [];

    /// <summary>Id of the token batches are padded with elsewhere.</summary>
    public int? PadTokenId { get; init; }

    /// <summary>False asks for greedy decoding.</summary>
    public bool? DoSample { get; init; }

    /// <summary>Divides the logits; at least 0, where 0 means greedy.</summary>
    public double? Temperature { get; init; }

    /// <summary>Sample among this many most likely tokens; 0 for all.</summary>
    public int? TopK { get; init; }

    /// <summary>Sample among the most likely tokens that together reach this probability; in [0, 1].</summary>
    public double? TopP { get; init; }

    /// <summary>Sample among tokens with at least this part of the most likely one's probability; in [0, 1].</summary>
    public double? MinP { get; init; }

    /// <summary>Divides the positive and multiplies the negative logits of tokens seen before; above 0, 1 for none.</summary>
    public double? RepetitionPenalty { get; init; }

    /// <summary>Most tokens to add to a prompt.</summary>
    public int? MaxNewTokens { get; init; }

    /// <summary>Most tokens of prompt and completion together.</summary>
    public int? MaxLength { get; init; }

    /// <summary>The text this was read from; null for one made in code.</summary>
    internal string? Source { get; private init; }

    /// <summary>Reads the file of a model folder, or the file itself; null when a folder has none.</summary>
    /// <exception cref="CheckpointException">The file is unreadable, not JSON, or a key is mistyped or out of range.</exception>
    public static GenerationConfig? Load(string path)
    {
        string file = ConfigJson.PathOf(path, FileName);
        return file != path && !File.Exists(file) ? null : Parse(JsonFields.ReadBytes(file, MaxFileBytes), file);
    }

    /// <summary>Reads the bytes of a file.</summary>
    /// <param name="json">UTF-8 JSON.</param>
    /// <param name="file">What messages call it.</param>
    /// <exception cref="CheckpointException">Not JSON, or a key is mistyped or out of range.</exception>
    public static GenerationConfig Parse(ReadOnlySpan<byte> json, string file)
    {
        var fields = JsonFields.Parse(json, file);
        return new GenerationConfig
        {
            BosTokenId = fields.Id("bos_token_id"),
            EosTokenIds = fields.Ids("eos_token_id"),
            PadTokenId = fields.Id("pad_token_id"),
            DoSample = fields.OptionalBool("do_sample"),
            Temperature = InRange(fields, "temperature", 0, double.MaxValue),
            TopK = fields.OptionalInt("top_k", 0, int.MaxValue),
            TopP = InRange(fields, "top_p", 0, 1),
            MinP = InRange(fields, "min_p", 0, 1),
            RepetitionPenalty = InRange(fields, "repetition_penalty", double.Epsilon, double.MaxValue),
            MaxNewTokens = fields.OptionalInt("max_new_tokens", 1, int.MaxValue),
            MaxLength = fields.OptionalInt("max_length", 1, int.MaxValue),
            Source = ConfigJson.Decode(json),
        };
    }

    /// <summary>The text of a file: as it was read, changed keys excepted.</summary>
    public string ToJson()
        => ConfigJson.Write(Source, this, Source is null ? null : Parse(Encoding.UTF8.GetBytes(Source), FileName), Keys);

    /// <summary>Writes the file of a model folder, or a file whose name ends in <c>.json</c>; missing folders are made.</summary>
    /// <exception cref="CheckpointException">The file cannot be written.</exception>
    public void Save(string path) => SmallFile.Write(ConfigJson.PathOf(path, FileName), Encoding.UTF8.GetBytes(ToJson()));

    private static double? InRange(JsonFields fields, string key, double least, double most)
    {
        if (fields.OptionalDouble(key) is not double value)
            return null;
        if (value >= least && value <= most)
            return value;
        throw fields.Fault(key, most == 1 ? "is not between 0 and 1" : least == 0 ? "is below 0" : "is not above 0");
    }
}
