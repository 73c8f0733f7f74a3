using System.Globalization;
using Cerise.Training.Recipes;

namespace Cerise.Training.Rewards;

/// <summary>The settings of one reward in a recipe, read by name; a value that does not fit and a name that nobody read are errors.</summary>
/// <param name="reward">The reward's name, for messages.</param>
/// <param name="values">Settings in snake_case, as text.</param>
public sealed class RewardSettings(string reward, IReadOnlyDictionary<string, string> values)
{
    private readonly SortedSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>A text.</summary>
    public string Text(string key, string fallback) => TextOrNull(key) ?? fallback;

    /// <summary>A text; null where it is not set.</summary>
    public string? TextOrNull(string key)
    {
        _known.Add(key);
        return values.GetValueOrDefault(key);
    }

    /// <summary>A whole number, at least <paramref name="minimum"/>.</summary>
    /// <exception cref="RewardException">The value is not one.</exception>
    public int Whole(string key, int? fallback, int minimum = int.MinValue)
    {
        int value = TextOrNull(key) is not { } text ? fallback ?? throw Missing(key)
            : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int parsed) ? parsed
            : throw Wrong(key, text, "a whole number");
        return value >= minimum ? value : throw Wrong(key, value.ToString(CultureInfo.InvariantCulture), $"at least {minimum.ToString(CultureInfo.InvariantCulture)}");
    }

    /// <summary>A finite number.</summary>
    /// <exception cref="RewardException">The value is not one.</exception>
    public double Number(string key, double? fallback) => TextOrNull(key) is not { } text ? fallback ?? throw Missing(key)
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double parsed) && double.IsFinite(parsed) ? parsed
        : throw Wrong(key, text, "a finite number");

    /// <summary>True or false.</summary>
    /// <exception cref="RewardException">The value is neither.</exception>
    public bool Flag(string key, bool fallback) => TextOrNull(key) is not { } text ? fallback
        : bool.TryParse(text, out bool parsed) ? parsed
        : throw Wrong(key, text, "true or false");

    /// <summary>One of an enumeration's names, in snake_case; null where it is not set.</summary>
    /// <exception cref="RewardException">The value is none of them.</exception>
    public T? ChoiceOrNull<T>(string key) where T : struct, Enum
    {
        if (TextOrNull(key) is not { } text)
            return null;
        foreach (T choice in Enum.GetValues<T>())
            if (SnakeCase.From(choice.ToString()) == text)
                return choice;
        throw Wrong(key, text, $"one of {string.Join(", ", Enum.GetNames<T>().Select(SnakeCase.From))}");
    }

    /// <summary>One of an enumeration's names, in snake_case.</summary>
    /// <exception cref="RewardException">The value is none of them.</exception>
    public T Choice<T>(string key, T fallback) where T : struct, Enum => ChoiceOrNull<T>(key) ?? fallback;

    /// <summary>Refuses settings that were given but never read.</summary>
    internal void RefuseUnknown()
    {
        string[] unknown = [.. values.Keys.Where(key => !_known.Contains(key)).Order(StringComparer.Ordinal)];
        if (unknown.Length > 0)
            throw new RewardException($"reward '{reward}': {NearestName.Explain("setting", unknown[0], _known)}");
    }

    private RewardException Missing(string key) => new($"reward '{reward}': '{key}' is not set. Give it a value.");

    private RewardException Wrong(string key, string text, string wanted) => new($"reward '{reward}': {key} is '{text}', it must be {wanted}.");
}
