using System.Text.RegularExpressions;

namespace Cerise.Models.Adapters;

/// <summary>The regular expressions of adapter configurations, with PEFT's meaning and an end to how long they may take.</summary>
internal static class ModulePattern
{
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(100);

    /// <summary>Python's <c>re.fullmatch</c>.</summary>
    /// <exception cref="ArgumentException">It is no expression.</exception>
    public static Regex Whole(string expression) => New($@"\A(?:{expression})\z");

    /// <summary>A key of <c>rank_pattern</c> and <c>alpha_pattern</c>: the end of a path from a point on.</summary>
    /// <exception cref="ArgumentException">It is no expression.</exception>
    public static Regex End(string expression) => New($@"\A(?:.*\.)?(?:{expression})\z");

    /// <summary>The layer's index behind one of some names, or behind any: <c>model.layers.3.mlp</c> is in 3.</summary>
    /// <exception cref="ArgumentException">A name is no expression.</exception>
    public static Regex LayerIndex(string? name) => New($@"\A.*\.(?:{name ?? @"[^.]*"})\.(\d{{1,6}})\.");

    private static Regex New(string expression) =>
        new(expression.Replace("(?P<", "(?<", StringComparison.Ordinal), RegexOptions.CultureInvariant, Longest);
}
