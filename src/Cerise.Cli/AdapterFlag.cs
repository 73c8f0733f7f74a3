using System.CommandLine;

namespace Cerise.Cli;

/// <summary>The flag <c>--adapter</c>: a LoRA adapter for the model.</summary>
internal static class AdapterFlag
{
    /// <summary>The flag of verbs that load a model.</summary>
    public static Option<string> OfModel() =>
        Flag.Text("--adapter", "DIR", "a LoRA adapter for the model, in PEFT's layout; --model may also name such a folder itself, whose config then names the base model");
}
