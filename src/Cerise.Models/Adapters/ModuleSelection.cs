using System.Text.RegularExpressions;

namespace Cerise.Models.Adapters;

/// <summary>Which modules of a model are meant, as PEFT says it: a list of names, or one regular expression.</summary>
/// <remarks>
/// A name of a list is a module's whole path (<c>model.layers.0.self_attn.q_proj</c>) or the end of it from a point on (<c>q_proj</c>). An expression has to match the
/// whole path. <see cref="AllLinear"/> means every linear layer but the head.
/// </remarks>
public sealed class ModuleSelection : IEquatable<ModuleSelection>
{
    /// <summary>PEFT's word for all linear layers but the head.</summary>
    public const string AllLinearName = "all-linear";

    private readonly Regex? _expression;

    private ModuleSelection(IReadOnlyList<string> names, string? expression)
    {
        Names = names;
        Expression = expression;
        _expression = expression is null || expression == AllLinearName ? null : ModulePattern.Whole(expression);
    }

    /// <summary>Every linear layer but the head.</summary>
    public static ModuleSelection AllLinear { get; } = new([], AllLinearName);

    /// <summary>The names of a list; empty where there is an expression.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The expression; null where there is a list.</summary>
    public string? Expression { get; }

    /// <summary>Whether this is <see cref="AllLinear"/>.</summary>
    public bool IsAllLinear => Expression == AllLinearName;

    /// <summary>A list of names.</summary>
    public static ModuleSelection Of(IReadOnlyList<string> names) => new(names, null);

    /// <summary>One regular expression, in Python's words or .NET's, or <c>all-linear</c>.</summary>
    /// <exception cref="ArgumentException">It is no expression.</exception>
    public static ModuleSelection Matching(string expression) => new([], expression);

    /// <summary>Whether a module is meant.</summary>
    /// <param name="path">The module's path.</param>
    /// <param name="isLinear">Whether it is a linear layer other than the head.</param>
    /// <exception cref="RegexMatchTimeoutException">The expression takes too long.</exception>
    public bool Holds(string path, bool isLinear) => IsAllLinear ? isLinear : _expression?.IsMatch(path) ?? Names.Any(name => IsNamed(path, name));

    /// <inheritdoc/>
    public bool Equals(ModuleSelection? other) => other is not null && Expression == other.Expression && Names.SequenceEqual(other.Names);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ModuleSelection);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Expression, Names.Count);

    /// <inheritdoc/>
    public override string ToString() => Expression ?? string.Join(", ", Names);

    /// <summary>Whether a path is the name, or ends with it behind a point.</summary>
    internal static bool IsNamed(string path, string name) =>
        path.EndsWith(name, StringComparison.Ordinal) && (path.Length == name.Length || path[^(name.Length + 1)] == '.');
}
