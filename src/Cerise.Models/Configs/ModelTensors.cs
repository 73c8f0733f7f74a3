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

    /// <summary>What the model is made of.</summary>
    /// <exception cref="CheckpointException">The config's sizes do not fit together.</exception>
    internal static DecoderDesign DesignOf(ModelConfig config)
    {
        config.Validate();
        return ModelFamilies.Find(config.ModelType)!.Design(config);
    }
}
