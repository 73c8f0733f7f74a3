using System.Globalization;

namespace Cerise.Data.Grammars;

/// <summary>Whole numbers of a range, digit by digit.</summary>
internal static class IntegerRange
{
    /// <summary>The largest bound.</summary>
    public const long Most = 999_999_999_999_999_999;

    /// <summary>Adds the whole numbers of a range as JSON writes them; an empty range leads nowhere.</summary>
    /// <param name="builder">Where to.</param>
    /// <param name="from">The node before the number.</param>
    /// <param name="least">Least, from -<see cref="Most"/> on.</param>
    /// <param name="most">Most, up to <see cref="Most"/>.</param>
    /// <returns>The node after it.</returns>
    public static int Add(AutomatonBuilder builder, int from, long least, long most)
    {
        int to = builder.Node();
        if (least < 0 && least <= most)
            AddPositive(builder, builder.Text(from, "-"), to, Math.Max(1, -most), -least);
        if (most >= 0 && least <= most)
            AddPositive(builder, from, to, Math.Max(0, least), most);
        return to;
    }

    private static void AddPositive(AutomatonBuilder builder, int from, int to, long least, long most)
    {
        for (long shortest = 0, next = 10; shortest <= most; shortest = next, next *= 10)
        {
            (long low, long high) = (Math.Max(least, shortest), Math.Min(most, next - 1));
            if (low <= high)
                AddOfOneLength(builder, from, to, low.ToString(CultureInfo.InvariantCulture), high.ToString(CultureInfo.InvariantCulture));
            if (next > Most)
                return;
        }
    }

    // While the digits so far are those of a bound, it bounds the next one too: at most four nodes a place.
    private static void AddOfOneLength(AutomatonBuilder builder, int from, int to, string low, string high)
    {
        Dictionary<(bool AtLow, bool AtHigh), int> places = new() { [(true, true)] = from };
        for (int i = 0; i < low.Length; i++)
        {
            Dictionary<(bool AtLow, bool AtHigh), int> next = [];
            foreach (((bool atLow, bool atHigh), int node) in places)
                for (char digit = atLow ? low[i] : '0'; digit <= (atHigh ? high[i] : '9'); digit++)
                {
                    (bool, bool) place = (atLow && digit == low[i], atHigh && digit == high[i]);
                    if (!next.TryGetValue(place, out int target))
                        next[place] = target = i + 1 == low.Length ? to : builder.Node();
                    builder.Byte(node, (byte)digit, (byte)digit, target);
                }
            places = next;
        }
    }
}
