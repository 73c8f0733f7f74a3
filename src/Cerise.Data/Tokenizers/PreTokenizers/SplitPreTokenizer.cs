namespace Cerise.Data.Tokenizers.PreTokenizers;

/// <summary>Splits by the matches of a pattern.</summary>
/// <param name="find">The pattern.</param>
/// <param name="behavior">What becomes of its matches.</param>
/// <param name="invert">The text between the matches is taken for the matches.</param>
internal sealed class SplitPreTokenizer(MatchFinder find, SplitBehavior behavior, bool invert = false) : PreTokenizer
{
    private readonly MatchFinder _find = find;
    private readonly SplitBehavior _behavior = behavior;
    private readonly bool _invert = invert;

    /// <summary>The regular expression whose matches are isolated, where that is all that is done; else null.</summary>
    public string? IsolatedPattern { get; init; }

    public override void Split(Piece piece, List<Piece> parts)
    {
        List<(int Start, int End, bool IsMatch)> runs = Runs(piece.Span);
        int start = 0;                                                      // of the part that is being gathered
        for (int i = 0; i < runs.Count; i++)
        {
            bool isLast = i + 1 == runs.Count;
            if (!isLast && !EndsPart(runs[i].IsMatch, runs[i + 1].IsMatch))
                continue;
            if (runs[i].End > start && (_behavior != SplitBehavior.Removed || !runs[i].IsMatch))
                parts.Add(piece.Part(start, runs[i].End));
            start = runs[i].End;
        }
    }

    /// <summary>Whether a part ends between two neighbouring runs.</summary>
    private bool EndsPart(bool isMatch, bool nextIsMatch) => _behavior switch
    {
        SplitBehavior.MergedWithPrevious => isMatch || !nextIsMatch,
        SplitBehavior.MergedWithNext => !isMatch || nextIsMatch,
        SplitBehavior.Contiguous => isMatch != nextIsMatch,
        _ => true,
    };

    /// <summary>The whole text as matches and what lies between them.</summary>
    private List<(int Start, int End, bool IsMatch)> Runs(ReadOnlySpan<char> text)
    {
        var matches = new List<(int Start, int End)>();
        _find(text, matches);
        var runs = new List<(int Start, int End, bool IsMatch)>((2 * matches.Count) + 1);
        int from = 0;
        foreach ((int start, int end) in matches)
        {
            if (start > from)
                runs.Add((from, start, _invert));
            runs.Add((start, end, !_invert));
            from = end;
        }
        if (from < text.Length)
            runs.Add((from, text.Length, _invert));
        return runs;
    }
}
