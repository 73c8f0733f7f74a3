using Cerise.Models.Checkpoints;

namespace Cerise.Models.Configs;

/// <summary>Gemma 3 with its image encoder (arXiv:2503.19786), of which the language model is taken: it is read, and saved, as <see cref="Gemma3TextFamily"/>.</summary>
internal sealed class Gemma3Family : IModelFamily
{
    private static readonly Gemma3TextFamily Text = new();

    // As the first checkpoints name the language model, and as newer ones do.
    private static readonly string[] TextPrefixes = ["language_model.model.", "model.language_model.", "language_model."];

    public string ModelType => "gemma3";

    public string Architecture => Text.Architecture;

    public string Prefix => Text.Prefix;

    public IReadOnlyList<ConfigKey<ModelConfig>> Keys => Text.Keys;

    public ModelConfig Read(JsonFields fields)
    {
        ModelConfig config = Text.Read(fields.Object("text_config"));
        ModelConfig outer = DecoderKeys.ReadCommon(fields, config);
        return outer with
        {
            InitializerRange = config.InitializerRange,
            BosTokenId = outer.BosTokenId ?? config.BosTokenId,
            EosTokenIds = outer.EosTokenIds.Count > 0 ? outer.EosTokenIds : config.EosTokenIds,
            PadTokenId = outer.PadTokenId ?? config.PadTokenId,
            DType = outer.DType ?? config.DType,
            NameInFamily = NameOfText,
        };
    }

    public IEnumerable<string> Faults(ModelConfig config) => Text.Faults(config);

    public ModelConfig WithDefaults(ModelConfig config) => Text.WithDefaults(config);

    public DecoderDesign Design(ModelConfig config) => Text.Design(config);

    private static string? NameOfText(string name)
    {
        if (name is "language_model.lm_head.weight" or "lm_head.weight")
            return "lm_head.weight";
        foreach (string prefix in TextPrefixes)
            if (name.StartsWith(prefix, StringComparison.Ordinal))
                return LlamaDesign.Prefix + name[prefix.Length..];
        return name.Contains("vision_tower.", StringComparison.Ordinal) || name.Contains("multi_modal_projector.", StringComparison.Ordinal) ? null : name;
    }
}
