using Cerise.Models.Adapters;
using Cerise.Tensors;

namespace Cerise.Models.Tests.Adapters;

/// <summary>Adapters whose every part is random, and so large that it shows in the log-probabilities.</summary>
internal static class AdaptedModels
{
    /// <summary>The kinds of adapters, by a word for messages.</summary>
    public static LoraConfig Kind(string kind) => kind switch
    {
        "lora" => new() { R = 3, LoraAlpha = 6 },
        "rslora" => new() { R = 4, LoraAlpha = 3, UseRslora = true },
        "dora" => new() { R = 2, LoraAlpha = 3, UseDora = true },
        "tables" => new() { R = 3, LoraAlpha = 4, TargetModules = ModuleSelection.Matching(@".*(embed_tokens|wte|lm_head|down_proj|mlp\.c_proj)") },
        _ => throw new ArgumentException($"there is no kind '{kind}'", nameof(kind)),
    };

    /// <summary>Draws all that the adapter trains.</summary>
    /// <param name="model">Receives the adapter.</param>
    /// <param name="config">Its kind.</param>
    /// <param name="seed">Source of its numbers.</param>
    /// <param name="size">Of the changes; with small ones rounding does not grow from layer to layer.</param>
    public static LoraAdapter Add(CausalModel model, LoraConfig config, Seed seed, float size = 0.7f)
    {
        LoraAdapter adapter = model.AddAdapter(config, seed);
        foreach (Parameter parameter in adapter.Parameters)
        {
            Seed own = seed.Fork(parameter.Name);
            float[] values = parameter.ToArray();
            float deviation = size / MathF.Sqrt(parameter.Shape.Columns);
            for (int i = 0; i < values.Length; i++)
                values[i] = parameter.Name.EndsWith("magnitude_vector", StringComparison.Ordinal) ? values[i] * (1 + (0.2f * (float)own.Normal(i))) : values[i] + (deviation * (float)own.Normal(i));
            parameter.SetRows(0, values);
        }
        return adapter;
    }
}
