namespace Cerise.Data.Conversations;

/// <summary>How many and how long the rows of a dataset are, as the trainer sees them.</summary>
public sealed class ChatStatistics
{
    private readonly List<int> _lengths = [];
    private readonly SortedDictionary<string, long> _reasons = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, (long Tokens, long Trained)> _roles = new(StringComparer.Ordinal);

    /// <summary>Rows seen.</summary>
    public long Rows { get; private set; }

    /// <summary>Rows that are used.</summary>
    public long Used => _lengths.Count;

    /// <summary>Rows that are left out, by the reason with its numbers taken out.</summary>
    public IReadOnlyDictionary<string, long> Dropped => _reasons;

    /// <summary>Rows that are used without their end, or without their start.</summary>
    public long CutRows { get; private set; }

    /// <summary>Tokens that were cut off those.</summary>
    public long CutTokens { get; private set; }

    /// <summary>Tokens of the rows that are used.</summary>
    public long Tokens { get; private set; }

    /// <summary>How many of them are trained.</summary>
    public long Trained { get; private set; }

    /// <summary>Tokens, and trained ones among them, by the role they belong to.</summary>
    public IReadOnlyDictionary<string, (long Tokens, long Trained)> Roles => _roles;

    /// <summary>The row with the most tokens, and how many; null where no row is used.</summary>
    public (string Place, int Tokens)? Longest { get; private set; }

    /// <summary>The part of the tokens that is trained, in [0, 1]; 0 where there are none.</summary>
    public double TrainedShare => Tokens == 0 ? 0 : (double)Trained / Tokens;

    /// <summary>Counts a row.</summary>
    public void Add(ChatRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        Rows++;
        if (row.DroppedBecause is { } reason)
        {
            string kind = WithoutNumbers(reason);
            _reasons[kind] = _reasons.GetValueOrDefault(kind) + 1;
            return;
        }
        ChatExample example = row.Example!;
        int length = example.Tokens.Count;
        _lengths.Add(length);
        Tokens += length;
        Trained += example.TrainedCount;
        CutTokens += example.CutTokens;
        CutRows += example.CutTokens > 0 ? 1 : 0;
        if (Longest is null || length > Longest.Value.Tokens)
            Longest = (row.Place, length);
        foreach ((ChatTurn turn, int first, int count) in example.TokensByTurn())
        {
            (long tokens, long trained) = _roles.GetValueOrDefault(turn.Role);
            _roles[turn.Role] = (tokens + count, trained + example.Trained.Skip(first).Take(count).Sum(one => one));
        }
    }

    /// <summary>The length below which a part of the used rows lies (nearest rank); 0 where no row is used.</summary>
    /// <param name="part">In [0, 1]: 0.5 for the median, 1 for the longest.</param>
    public int Percentile(double part)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(part);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(part, 1);
        if (_lengths.Count == 0)
            return 0;
        _lengths.Sort();
        return _lengths[Math.Max(0, (int)Math.Ceiling(part * _lengths.Count) - 1)];
    }

    /// <summary>How many rows have how many tokens, in bins of equal round width.</summary>
    /// <param name="most">Bins at most.</param>
    /// <returns>Each bin's first length, the length after its last, and its rows, from the shortest row's on; empty where no row is used.</returns>
    public IReadOnlyList<(int From, int To, int Rows)> Histogram(int most = 12)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        if (_lengths.Count == 0)
            return [];
        int longest = _lengths.Max(), width = RoundWidth(longest + 1, most);
        int[] counts = new int[(longest / width) + 1];
        foreach (int length in _lengths)
            counts[length / width]++;
        return [.. counts.Select((rows, bin) => (bin * width, (bin + 1) * width, rows)).SkipWhile(bin => bin.rows == 0)];
    }

    /// <summary>The smallest of 1, 2, 5, 10, 20, ... that covers a range in so many steps.</summary>
    private static int RoundWidth(int range, int steps)
    {
        long width = 1;
        for (int i = 0; width * steps < range; i++)
            width = (i % 3) switch { 0 => width * 2, 1 => width / 2 * 5, _ => width * 2 };
        return (int)width;
    }

    private static string WithoutNumbers(string reason)
        => string.Join(' ', reason.Split(' ').Select(word => word.Any(char.IsAsciiDigit) && word.All(at => char.IsAsciiDigit(at) || at is ',' or '.') ? "N" : word));
}
