using System.CommandLine;

namespace Cerise.Cli;

/// <summary>The flag <c>--context</c> of verbs that load a model: tokens of the longest sequence it is used for.</summary>
internal static class ContextFlag
{
    /// <summary>The flag.</summary>
    public static Option<int?> New() => Flag.Integer(
        "--context", "N", "tokens of the longest sequence (default: max_position_embeddings; for longrope the original context, beyond which its other factors hold for short texts too)");
}
