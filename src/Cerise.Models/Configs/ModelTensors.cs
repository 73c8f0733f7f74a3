using Cerise.Models.Checkpoints;

namespace Cerise.Models.Configs;

/// <summary>The tensors a checkpoint has to hold for a config.</summary>
public static class ModelTensors
{
    /// <summary>All tensors, in the order of the forward pass: embedding, layers, last norm, head unless tied.</summary>
    /// <exception cref="CheckpointException">The config's sizes do not fit together.</exception>
    public static IReadOnlyList<ExpectedTensor> Of(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return [.. DesignOf(config).Tensors];
    }

    /// <summary>Number of trainable numbers in the model; a tied head counts once.</summary>
    /// <exception cref="CheckpointException">The config's sizes do not fit together.</exception>
    public static long ParameterCount(ModelConfig config) => Of(config).Sum(tensor => tensor.ElementCount);

    /// <summary>The config with tensors named as a checkpoint names them: with the family's prefix, or without.</summary>
    internal static ModelConfig NamedAs(SafetensorsReader reader, ModelConfig config)
    {
        string name = Of(config)[0].Name;
        ModelConfig other = config with { HasBareNames = !config.HasBareNames };
        return !reader.TryGetEntry(name, out _) && reader.TryGetEntry(Of(other)[0].Name, out _) ? other : config;
    }

    /// <summary>What the model is made of.</summary>
    /// <exception cref="CheckpointException">The config's sizes do not fit together.</exception>
    internal static DecoderDesign DesignOf(ModelConfig config)
    {
        config.Validate();
        return ModelFamilies.Find(config.ModelType)!.Design(config);
    }
}
