using System.CommandLine;
using Cerise.Tensors;

namespace Cerise.Cli;

/// <summary>The flag <c>--dtype</c>: the type that weights are rounded to and stored in.</summary>
internal static class DTypeFlag
{
    private static readonly Dictionary<string, string> ShortNames = new() { ["f32"] = "float32", ["bf16"] = "bfloat16", ["f16"] = "float16" };

    /// <summary>The types, and <c>auto</c>: what a model's config.json says.</summary>
    public static IReadOnlyList<string> NamesWithAuto { get; } = [.. DTypes.Names, "auto"];

    /// <summary>The flag of verbs that load a model to compute with it.</summary>
    public static Option<string> OfWeights() => Of(
        "type the weights are rounded to and stored in; computing is in float32 whatever it is (default: float32; auto: as config.json says)", NamesWithAuto);

    /// <summary>The flag with a meaning of its own.</summary>
    /// <param name="help">Completes the name, with the default.</param>
    /// <param name="names">What may be given; short names of them too.</param>
    public static Option<string> Of(string help, IReadOnlyList<string> names) => new("--dtype")
    {
        HelpName = string.Join('|', names),
        Description = help,
        CustomParser = result =>
        {
            string value = result.Tokens[0].Value;
            string name = ShortNames.GetValueOrDefault(value, value);
            if (!names.Contains(name))
                result.AddError($"--dtype is '{value}'; use {string.Join(", ", names)}.");
            return name;
        },
    };

    /// <summary>The type asked for; null for <c>auto</c> and when none was given.</summary>
    public static DType? TypeOf(ParseResult flags, Option<string> flag) => flags.GetValue(flag) is { } name ? DTypes.Find(name) : null;

    /// <summary>The type for a flag of <see cref="OfWeights()"/>: float32 when none was given, null for <c>auto</c>.</summary>
    public static DType? OfWeights(ParseResult flags, Option<string> flag) => flags.GetValue(flag) is null ? DType.Float32 : TypeOf(flags, flag);
}
