using Cerise.Models.Checkpoints;

namespace Cerise.Models.Configs;

/// <summary>How activations are spelled in configurations.</summary>
internal static class ActivationNames
{
    private static readonly (string Name, Activation Activation)[] All =
    [
        ("silu", Activation.Silu), ("swish", Activation.Silu), ("gelu", Activation.Gelu), ("gelu_python", Activation.Gelu),
        ("gelu_pytorch_tanh", Activation.GeluTanh), ("gelu_new", Activation.GeluTanh), ("gelu_fast", Activation.GeluTanh),
        ("quick_gelu", Activation.QuickGelu), ("relu", Activation.Relu), ("relu2", Activation.ReluSquared),
    ];

    /// <summary>The activation a key names.</summary>
    /// <param name="fields">The configuration.</param>
    /// <param name="key">Such as <c>hidden_act</c>.</param>
    /// <param name="missing">What a missing key stands for.</param>
    /// <exception cref="CheckpointException">It names an unknown one.</exception>
    public static Activation Read(JsonFields fields, string key, Activation missing)
    {
        if (fields.OptionalString(key) is not string given)
            return missing;
        foreach ((string name, Activation activation) in All)
            if (given == name)
                return activation;
        throw fields.Fault(key, $"is {CheckpointException.Quote(given)}; known are {string.Join(", ", All.Select(row => row.Name))}");
    }

    /// <summary>The name that is written.</summary>
    public static string Of(Activation activation) => All.First(row => row.Activation == activation).Name;
}
