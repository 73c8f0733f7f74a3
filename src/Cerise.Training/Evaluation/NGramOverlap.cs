namespace Cerise.Training.Evaluation;

/// <summary>How much of an evaluation item occurs in a training text, by shared runs of n words (lower case, without punctuation).</summary>
/// <param name="Total">The item's n-grams.</param>
/// <param name="Shared">Those that occur in the training text.</param>
/// <param name="CoveredWords">The share of the item's words inside a shared n-gram, in [0, 1].</param>
/// <remarks>R1 drops training texts that share any 10-gram with an evaluation; Tulu 3 counts an item as overlapping when shared 8-grams cover over half of its words.</remarks>
public readonly record struct NGramOverlap(int Total, int Shared, double CoveredWords)
{
    /// <summary>Compares one item with one training text.</summary>
    /// <param name="item">The evaluation item.</param>
    /// <param name="training">The training text.</param>
    /// <param name="n">Words in a run, at least 1.</param>
    public static NGramOverlap Between(string item, string training, int n)
    {
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(training);
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        string[] words = PlainWords.Of(item);
        var seen = Grams(PlainWords.Of(training), n).ToHashSet(StringComparer.Ordinal);
        bool[] covered = new bool[words.Length];
        int total = 0, shared = 0;
        foreach (string gram in Grams(words, n))
        {
            if (seen.Contains(gram))
            {
                shared++;
                covered.AsSpan(total, n).Fill(true);
            }
            total++;
        }
        return new NGramOverlap(total, shared, words.Length == 0 ? 0 : (double)covered.Count(c => c) / words.Length);
    }

    private static IEnumerable<string> Grams(string[] words, int n)
    {
        for (int i = 0; i + n <= words.Length; i++)
            yield return string.Join(' ', words, i, n);
    }
}
