namespace Cerise.Tensors.Tests;

/// <summary>Groups packed with their first sequence once, and the same with it repeated: alone, then before each of its continuations.</summary>
internal sealed class SharedLayout
{
    private readonly int[][] _groups;
    private readonly List<int> _sources = [];                              // for each row of the repeated layout, its row where nothing is repeated
    private readonly List<bool> _isFirst = [];                             // and whether it is the first with that source

    /// <param name="groups">Of each group the length of the first sequence, then those of its continuations.</param>
    public SharedLayout(int[][] groups)
    {
        _groups = groups;
        List<int> lengths = [];
        int first = 0;
        foreach (int[] group in groups)
        {
            Add(first, group[0], isFirst: true);
            lengths.Add(group[0]);
            int next = first + group[0];
            foreach (int length in group[1..])
            {
                Add(first, group[0], isFirst: false);
                Add(next, length, isFirst: true);
                lengths.Add(group[0] + length);
                next += length;
            }
            first = next;
        }
        Rows = first;
        Lengths = [.. lengths];

        void Add(int row, int count, bool isFirst)
        {
            _sources.AddRange(Enumerable.Range(row, count));
            _isFirst.AddRange(Enumerable.Repeat(isFirst, count));
        }
    }

    /// <summary>Lengths of the sequences of the repeated layout.</summary>
    public int[] Lengths { get; }

    /// <summary>Rows where nothing is repeated.</summary>
    public int Rows { get; }

    /// <summary>Up to <paramref name="most"/> groups with lengths up to 130, often around the borders of blocks.</summary>
    public static int[][] Draw(Seed seed, int most)
    {
        RandomStream draws = seed.Fork("groups").Stream();
        int[] special = [0, 1, 2, 63, 64, 65, 127, 128, 129];
        int Length(int longest) => draws.Chance(0.4) ? Math.Min(longest, draws.Pick(special)) : draws.Between(0, longest);
        return [.. Enumerable.Range(0, draws.Between(1, most)).Select(_ =>
            (int[])[Length(130), .. Enumerable.Range(0, draws.Between(0, 4)).Select(_ => Length(90))])];
    }

    public AttentionPlan Plan()
    {
        AttentionPlan plan = new();
        foreach (int[] group in _groups)
        {
            plan.Append(group[0]);
            foreach (int length in group[1..])
                plan.AppendContinuation(length);
        }
        return plan;
    }

    public T[] Repeated<T>(T[] rows) => [.. _sources.SelectMany(row => Row(rows, Rows, row))];

    /// <summary>Repeated, with zeros where a row comes again.</summary>
    public T[] RepeatedOnce<T>(T[] rows) =>
        [.. _sources.Zip(_isFirst).SelectMany(pair => pair.Second ? Row(rows, Rows, pair.First) : new T[rows.Length / Math.Max(1, Rows)])];

    /// <summary>Of a repeated layout, each row where it comes first.</summary>
    public T[] Once<T>(T[] repeated)
    {
        T[][] rows = new T[Rows][];
        for (int i = 0; i < _sources.Count; i++)
            if (_isFirst[i])
                rows[_sources[i]] = Row(repeated, _sources.Count, i);
        return [.. rows.SelectMany(row => row)];
    }

    /// <summary>Of a repeated layout, the sums of rows with the same source.</summary>
    public double[] Summed(double[] repeated)
    {
        int columns = repeated.Length / Math.Max(1, _sources.Count);
        double[] sums = new double[Rows * columns];
        for (int i = 0; i < _sources.Count; i++)
            for (int c = 0; c < columns; c++)
                sums[(_sources[i] * columns) + c] += repeated[(i * columns) + c];
        return sums;
    }

    private static T[] Row<T>(T[] rows, int count, int row)
    {
        int columns = rows.Length / count;
        return rows[(row * columns)..((row + 1) * columns)];
    }
}
