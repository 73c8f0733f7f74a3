using Cerise.Models.Checkpoints;

namespace Cerise.Models.Configs;

/// <summary>Compares what a checkpoint holds with what its config asks for.</summary>
public static class CheckpointCheck
{
    private const int MostShown = 12;
    private const string OtherSize = "Is this checkpoint for another size?";

    /// <summary>Requires that every expected tensor is there in its shape and a float type, and nothing else but known harmless buffers.</summary>
    /// <param name="config">What is asked for.</param>
    /// <param name="reader">What is there.</param>
    /// <exception cref="CheckpointException">Tensors are missing, misshapen or extra: all of them in one message.</exception>
    public static void Require(ModelConfig config, SafetensorsReader reader)
    {
        IReadOnlyList<CheckpointException> faults = Compare(config, reader);
        if (faults.Count == 1)
            throw faults[0];
        if (faults.Count > 1)
            throw new CheckpointException(reader.Path, $"{faults.Count} tensors do not fit the config. {OtherSize}\n  "
                + string.Join("\n  ", faults.Take(MostShown).Select(fault => fault.Message[(fault.File.Length + 2)..]))
                + (faults.Count > MostShown ? $"\n  and {faults.Count - MostShown} more" : ""));
    }

    /// <summary>Collects every tensor that is missing, misshapen, of an unreadable type, or extra.</summary>
    /// <remarks>
    /// Left alone are tensors that the family computes anew, such as rotary tables and masks, which older files hold, and an <c>lm_head.weight</c> in the embedding's
    /// shape where the config ties the two.
    /// </remarks>
    /// <param name="config">What is asked for.</param>
    /// <param name="reader">What is there.</param>
    /// <returns>One error a tensor: expected ones in the model's order, then extra ones in the file's; empty when all fits.</returns>
    /// <exception cref="CheckpointException">The config's sizes do not fit together.</exception>
    public static IReadOnlyList<CheckpointException> Compare(ModelConfig config, SafetensorsReader reader)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(reader);
        config = ModelTensors.NamedAs(reader, config);
        IReadOnlyList<ExpectedTensor> expected = ModelTensors.Of(config);
        var faults = new List<CheckpointException>();
        foreach (ExpectedTensor tensor in expected)
            if (!reader.TryGetEntry(tensor.Name, out SafetensorsEntry? entry))
                faults.Add(CheckpointException.OfTensor(reader.Path, tensor.Name, Missing(tensor)));
            else if (!entry.Shape.SequenceEqual(tensor.Shape))
                faults.Add(CheckpointException.OfTensor(entry.File, tensor.Name,
                    $"is {ShapeText.Of(entry.Shape)}, the config asks for {ShapeText.Of(tensor.Shape)} ({tensor.Reason}). {OtherSize}"));
            else if (!entry.DType.ReadsAsFloat())
                faults.Add(CheckpointException.OfTensor(entry.File, tensor.Name,
                    $"is {entry.DType.Name()}, a weight in F32, F16, BF16 or F64 is expected. Is this a quantized checkpoint?"));

        var names = expected.Select(tensor => tensor.Name).ToHashSet();
        foreach (SafetensorsEntry entry in reader.Entries)
            if (!names.Contains(entry.Name) && !IsHarmless(config, entry))
                faults.Add(CheckpointException.OfTensor(entry.File, entry.Name, $"{ShapeText.Of(entry.Shape)} is not part of the config's " +
                    $"{config.ModelType} of {config.NumHiddenLayers} layers. {Extra(config, entry)}"));
        return faults;
    }

    private static bool IsHarmless(ModelConfig config, SafetensorsEntry entry)
        => Ignores(ModelFamilies.Find(config.ModelType)!, entry.Name)
            || (entry.Name == "lm_head.weight" && config.TieWordEmbeddings && entry.Shape.SequenceEqual([config.VocabSize, config.HiddenSize]));

    private static bool Ignores(IModelFamily family, string name)
        => family.Ignores(name.StartsWith(family.Prefix, StringComparison.Ordinal) ? name[family.Prefix.Length..] : name);

    private static string Missing(ExpectedTensor tensor)
        => $"is missing, the config asks for {ShapeText.Of(tensor.Shape)} ({tensor.Reason}). " + tensor.Role switch
        {
            TensorRole.LmHead => "If the head is the embedding, set 'tie_word_embeddings' to true.",
            TensorRole.Bias => "Is it a checkpoint without this bias?",
            _ => OtherSize,
        };

    private static string Extra(ModelConfig config, SafetensorsEntry entry)
        => entry.Name.EndsWith(".bias", StringComparison.Ordinal) && config.ModelType == "llama"
            ? "Set 'attention_bias' or 'mlp_bias' to true if the model has it."
            : "Is this checkpoint of another family or size?";
}
