using System.Text;
using Cerise.Models.Checkpoints;
using Cerise.Models.Configs;

namespace Cerise.Models.Adapters;

/// <summary>What a LoRA adapter is: <c>adapter_config.json</c> of a PEFT folder (Hu et al. 2021, arXiv:2106.09685).</summary>
/// <remarks>The defaults are PEFT's. Records compare lists by reference.</remarks>
public sealed record LoraConfig
{
    /// <summary>The file's name in an adapter folder.</summary>
    public const string FileName = "adapter_config.json";

    /// <summary>Rank: numbers between the two factors; at least 1.</summary>
    public int R { get; init; } = 8;

    /// <summary>Numerator of the scale; above 0. A module's scale is alpha / rank.</summary>
    public double LoraAlpha { get; init; } = 8;

    /// <summary>Whether the scale is alpha / sqrt(rank) instead, which does not fall with the rank (rsLoRA, Kalajdzievski 2023, arXiv:2312.03732).</summary>
    public bool UseRslora { get; init; }

    /// <summary>Whether outputs are scaled to a trained magnitude (DoRA, Liu et al. 2024, arXiv:2402.09353).</summary>
    public bool UseDora { get; init; }

    /// <summary>Share of an adapter's inputs set to zero while training, in [0, 1).</summary>
    public double LoraDropout { get; init; }

    /// <summary>Modules that have an adapter.</summary>
    public ModuleSelection TargetModules { get; init; } = ModuleSelection.AllLinear;

    /// <summary>Modules left out of these; null for none.</summary>
    public ModuleSelection? ExcludeModules { get; init; }

    /// <summary>Modules trained and saved whole, by the ends of their paths.</summary>
    public IReadOnlyList<string> ModulesToSave { get; init; } = [];

    /// <summary>Layers whose modules are meant; null for all.</summary>
    public IReadOnlyList<int>? LayersToTransform { get; init; }

    /// <summary>Names, or expressions, of what the layers' indices stand behind in a path; empty for any.</summary>
    public IReadOnlyList<string> LayersPattern { get; init; } = [];

    /// <summary>Other ranks: expressions for the ends of paths, the first that fits counts.</summary>
    public IReadOnlyList<KeyValuePair<string, int>> RankPattern { get; init; } = [];

    /// <summary>Other alphas, likewise.</summary>
    public IReadOnlyList<KeyValuePair<string, double>> AlphaPattern { get; init; } = [];

    /// <summary>The base model's folder, or a name elsewhere; null when not known.</summary>
    public string? BaseModelNameOrPath { get; init; }

    /// <summary>Whether a head that is the embedding stays so when one of the two is among <see cref="ModulesToSave"/>.</summary>
    public bool EnsureWeightTying { get; init; }

    /// <summary>PEFT's note that weights are stored [in, out], as GPT-2's are; factors are [r, in] and [out, r] all the same.</summary>
    public bool FanInFanOut { get; init; }

    /// <summary>A module's scale.</summary>
    /// <param name="rank">Its rank.</param>
    /// <param name="alpha">Its alpha.</param>
    public float Scale(int rank, double alpha) => (float)(alpha / (UseRslora ? Math.Sqrt(rank) : rank));

    /// <summary>Reads the file of an adapter folder, or the file itself.</summary>
    /// <exception cref="CheckpointException">The file is missing or not JSON, a key is mistyped, or asks for something not supported.</exception>
    public static LoraConfig Load(string path) => LoraConfigFile.Load(ConfigJson.PathOf(path, FileName));

    /// <summary>Reads the bytes of a file.</summary>
    /// <param name="json">UTF-8 JSON.</param>
    /// <param name="file">What messages call it.</param>
    /// <exception cref="CheckpointException">Not JSON, a key is mistyped, or asks for something not supported.</exception>
    public static LoraConfig Parse(ReadOnlySpan<byte> json, string file) => LoraConfigFile.Read(JsonFields.Parse(json, file));

    /// <summary>The text of the file, with keys that PEFT has had since 0.9 and, where they are used, later ones.</summary>
    public string ToJson() => LoraConfigFile.Write(this);

    /// <summary>Writes the file of an adapter folder, or a file whose name ends in <c>.json</c>.</summary>
    /// <exception cref="CheckpointException">The file cannot be written.</exception>
    public void Save(string path) => SmallFile.Write(ConfigJson.PathOf(path, FileName), Encoding.UTF8.GetBytes(ToJson()));
}
