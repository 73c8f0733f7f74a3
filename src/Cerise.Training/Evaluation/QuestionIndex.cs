namespace Cerise.Training.Evaluation;

/// <summary>Finds whole questions inside longer texts, whatever their case, punctuation and spacing. Time grows with the text, not with the number of questions.</summary>
public sealed class QuestionIndex
{
    private const int MostWords = 12;                                      // enough to tell questions apart, so that few candidates are compared in full
    private const ulong Base = 0x9E3779B97F4A7C15;

    private readonly Dictionary<ulong, List<(string[] Words, string Text)>> _byStart = [];
    private readonly int _window;

    /// <summary>Indexes questions; those without a word are left out.</summary>
    public QuestionIndex(IEnumerable<string> questions)
    {
        ArgumentNullException.ThrowIfNull(questions);
        (string[] Words, string Text)[] all = [.. questions.Select(text => (PlainWords.Of(text), text)).Where(question => question.Item1.Length > 0)];
        Count = all.Length;
        _window = all.Length == 0 ? MostWords : Math.Min(MostWords, all.Min(question => question.Words.Length));
        foreach ((string[] words, string text) in all)
        {
            ulong start = 0;
            foreach (string word in words.AsSpan(0, _window))
                start = unchecked((start * Base) + Hash(word));
            if (!_byStart.TryGetValue(start, out List<(string[], string)>? same))
                _byStart[start] = same = [];
            same.Add((words, text));
        }
    }

    /// <summary>How many questions are indexed.</summary>
    public int Count { get; }

    /// <summary>The first question that occurs as a whole in a text; null where none does.</summary>
    public string? FindIn(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] words = PlainWords.Of(text);
        ulong leaving = 1;                                                 // Base^window: the factor of the word that leaves the window
        for (int i = 0; i < _window; i++)
            leaving = unchecked(leaving * Base);

        ulong window = 0;
        for (int end = 1; end <= words.Length; end++)
        {
            window = unchecked((window * Base) + Hash(words[end - 1]));
            int start = end - _window;
            if (start > 0)
                window = unchecked(window - (leaving * Hash(words[start - 1])));
            if (start < 0 || !_byStart.TryGetValue(window, out List<(string[] Words, string Text)>? candidates))
                continue;
            foreach ((string[] question, string whole) in candidates)
                if (words.AsSpan(start).StartsWith(question))
                    return whole;
        }
        return null;
    }

    private static ulong Hash(string word)                                 // FNV-1a: the same on every machine, unlike string.GetHashCode
    {
        ulong hash = 0xCBF29CE484222325;
        foreach (char c in word)
            hash = unchecked((hash ^ c) * 0x100000001B3);
        return hash;
    }
}
