using Cerise.Models;
using Cerise.Models.Checkpoints;
using Cerise.Tensors;
using Cerise.Training.Optimizers;

namespace Cerise.Training.Trainers;

/// <summary>Checkpoints of weights and optimizer. Everything else a step depends on is a pure function of seed and step.</summary>
internal static class TrainerState
{
    /// <summary>The file of the weights that are trained.</summary>
    public const string PolicyFile = "policy.safetensors";

    public static void Save(string folder, CausalModel model, AdamWOptimizer optimizer)
    {
        // A checkpoint with an adapter is an adapter folder; frozen weights are those the stage began with.
        if (model.Adapter is { } adapter)
            adapter.Save(folder);
        else
            SaveWeights(Path.Combine(folder, PolicyFile), model);
        optimizer.Save(folder);
    }

    public static void Load(string folder, CausalModel model, AdamWOptimizer optimizer, long updates)
    {
        if (model.Adapter is { } adapter)
            adapter.Read(folder);
        else
            LoadWeights(Path.Combine(folder, PolicyFile), model);
        optimizer.Load(folder, updates);
    }

    public static void SaveWeights(string file, CausalModel model) =>
        SafetensorsWriter.Write(file, [.. model.TrainedParameters.Select(parameter => CausalModel.ToWrite(parameter, parameter.Value, parameter.Name, SafetensorsDType.F32))]);

    public static void LoadWeights(string file, CausalModel model)
    {
        using SafetensorsReader reader = SafetensorsReader.Open(file);
        foreach (Parameter parameter in model.TrainedParameters)
            CausalModel.Read(parameter, parameter.Value, reader, parameter.Name);
    }
}
