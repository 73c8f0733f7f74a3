using Cerise.Models.Checkpoints;

namespace Cerise.Models.Configs;

/// <summary>A family of models: how its configuration is spelled, and what its models are made of.</summary>
internal interface IModelFamily
{
    /// <summary>The value of <c>model_type</c>.</summary>
    public string ModelType { get; }

    /// <summary>The class in <c>architectures</c>.</summary>
    public string Architecture { get; }

    /// <summary>Everything the family writes into <c>config.json</c>.</summary>
    public IReadOnlyList<ConfigKey<ModelConfig>> Keys { get; }

    /// <summary>Reads the keys.</summary>
    /// <exception cref="CheckpointException">A key is missing, mistyped, or asks for something not supported.</exception>
    public ModelConfig Read(JsonFields fields);

    /// <summary>Settings the family cannot express, in full sentences.</summary>
    public IEnumerable<string> Faults(ModelConfig config);

    /// <summary>The settings that every model of the family has, whatever its sizes.</summary>
    public ModelConfig WithDefaults(ModelConfig config);

    /// <summary>What a model is made of: its tensors and how they are put together.</summary>
    public DecoderDesign Design(ModelConfig config);
}
