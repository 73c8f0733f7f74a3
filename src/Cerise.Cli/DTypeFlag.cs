using System.CommandLine;
using Cerise.Tensors;

namespace Cerise.Cli;

/// <summary>The flag <c>--dtype</c>: the type that weights are rounded to and stored in.</summary>
internal static class DTypeFlag
{
    private const string AsInConfig = "auto";

    private static readonly Dictionary<string, DType?> Types = new()
    {
        [DType.Float32.Name()] = DType.Float32,
        [DType.Bfloat16.Name()] = DType.Bfloat16,
        [DType.Float16.Name()] = DType.Float16,
        [AsInConfig] = null,
        ["f32"] = DType.Float32,
        ["bf16"] = DType.Bfloat16,
        ["f16"] = DType.Float16,
    };

    /// <summary>The flag of verbs that load a model to compute with it.</summary>
    public static Option<string> OfWeights() => New(
        "type the weights are rounded to and stored in; computing is in float32 whatever it is (default: float32; auto: as config.json says)");

    /// <summary>A flag with another meaning of <c>auto</c>.</summary>
    /// <param name="help">Completes the name, with the default.</param>
    public static Option<string> New(string help) => new("--dtype")
    {
        HelpName = $"{string.Join('|', DTypes.Names)}|{AsInConfig}",
        Description = help,
        CustomParser = result =>
        {
            string value = result.Tokens[0].Value;
            if (!Types.ContainsKey(value))
                result.AddError($"--dtype is '{value}'; use {string.Join(", ", Types.Keys)}.");
            return value;
        },
    };

    /// <summary>The type asked for; null for <c>auto</c>.</summary>
    /// <param name="flags">What was given.</param>
    /// <param name="flag">The flag.</param>
    /// <param name="otherwise">The type when the flag was not given.</param>
    public static DType? Of(ParseResult flags, Option<string> flag, DType? otherwise = DType.Float32) =>
        flags.GetValue(flag) is { } name ? Types[name] : otherwise;
}
