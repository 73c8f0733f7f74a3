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

    /// <summary>How the names of all tensors but the head's begin, such as <c>model.</c>; files of the model without its head leave it out.</summary>
    public string Prefix { get; }

    /// <summary>Whether positions are a table of <c>max_position_embeddings</c> rows: then no sequence can be longer.</summary>
    public bool HasLearnedPositions => false;

    /// <summary>Whether a tensor of a checkpoint, by its name without the prefix, is one that no model needs: a mask, or what is computed anew.</summary>
    public bool Ignores(string name) => name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal) || name == "rotary_emb.inv_freq";

    /// <summary>What a model is made of: its tensors and how they are put together.</summary>
    public DecoderDesign Design(ModelConfig config);
}
