using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Cerise.Training.Rewards;

/// <summary>Reward "spelling": the share of a completion's words that occur in a collection of real text, in [0, 1].</summary>
/// <remarks>Words are runs of letters and apostrophes, upper and lower case alike. The last word of a truncated completion is left out, since it may be cut. No word scores 0.</remarks>
public sealed partial class SpellingReward : RowReward
{
    private readonly FrozenSet<string> _words;

    /// <summary>Collects the words.</summary>
    /// <param name="path">A text file, or a folder whose .txt files are read.</param>
    /// <exception cref="RewardException">Nothing is there, or it holds no words.</exception>
    public SpellingReward(string path) : base("spelling")
    {
        try
        {
            string[] files = Directory.Exists(path) ? [.. Directory.EnumerateFiles(path, "*.txt").Order(StringComparer.Ordinal)] : [path];
            _words = files.SelectMany(file => Words(PlainFile.ReadAllText(file))).ToFrozenSet(StringComparer.Ordinal);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RewardException($"reward 'spelling': words: {error.Message} Give a text file or a folder of .txt files.", error);
        }
        if (_words.Count == 0)
            throw new RewardException($"reward 'spelling': words: {path} holds no words. Give a text file or a folder of .txt files.");
    }

    /// <inheritdoc/>
    public override double? Score(RewardInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        List<string> words = [.. Words(input.Completion)];
        if (input.Truncated && words.Count > 0)
            words.RemoveAt(words.Count - 1);
        return words.Count == 0 ? 0 : words.Count(_words.Contains) / (double)words.Count;
    }

    private static IEnumerable<string> Words(string text) => Word().Matches(text).Select(match => match.Value.ToLowerInvariant());

    [GeneratedRegex(@"\p{L}+(?:'\p{L}+)*")]
    private static partial Regex Word();
}
