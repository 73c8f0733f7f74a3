using System.Globalization;

namespace Cerise.Data.Grammars;

/// <summary>Whole numbers of a range, or decimals of so many places, digit by digit; of these the multiples of a step.</summary>
/// <remarks>While the digits so far are those of a bound, it bounds the next one too. Places that no bound touches any more are shared by numbers of every length.</remarks>
/// <param name="builder">Where to.</param>
/// <param name="to">The node after the number.</param>
/// <param name="places">Digits after the point, all of which are written; 0 for whole numbers, which have no point.</param>
/// <param name="step">What every number, read without its point, is a multiple of; from 1 on.</param>
internal sealed class IntegerRange(AutomatonBuilder builder, int to, int places = 0, long step = 1)
{
    /// <summary>The largest bound.</summary>
    public const long Most = 999_999_999_999_999_999;

    private readonly Dictionary<Place, int> _free = [];

    /// <summary>Adds the numbers of a range as JSON writes them; an empty range leads nowhere.</summary>
    /// <param name="from">The node before the number.</param>
    /// <param name="least">Least, from -<see cref="Most"/> on.</param>
    /// <param name="most">Most, up to <see cref="Most"/>.</param>
    public void Add(int from, long least, long most)
    {
        if (least < 0 && least <= most)
            AddPositive(builder.Text(from, "-"), Math.Max(1, -most), -least);
        if (most >= 0 && least <= most)
            AddPositive(from, Math.Max(0, least), most);
    }

    /// <summary>Adds the numbers of a range, from 0 on, without a sign.</summary>
    public void AddPositive(int from, long least, long most)
    {
        long next = 10;
        for (int place = 0; place < places; place++)
            next *= 10;
        for (long shortest = 0, digits = places + 1; shortest <= most; shortest = next, next *= 10, digits++)
        {
            (long low, long high) = (Math.Max(least, shortest), Math.Min(most, next - 1));
            if (low <= high)
                AddOfOneLength(from, Written(low, (int)digits), Written(high, (int)digits));
            if (next > Most)
                return;
        }
    }

    private void AddOfOneLength(int from, string low, string high)
    {
        Dictionary<Place, int> at = new() { [new Place(low.Length, true, true, 0)] = from };
        while (at.Count > 0)
        {
            Dictionary<Place, int> next = [];
            foreach ((Place place, int before) in at)
            {
                int index = low.Length - place.Left;
                int node = place.Left == places && index > 0 ? builder.Text(before, ".") : before;
                for (char digit = place.AtLow ? low[index] : '0'; digit <= (place.AtHigh ? high[index] : '9'); digit++)
                    if (Target(place.After(digit, low[index], high[index], step), next) is { } target)
                        builder.Byte(node, (byte)digit, (byte)digit, target);
            }
            at = next;
        }
    }

    // The node of a place; null where the number has ended and is no multiple. A place that is new is gone on from.
    private int? Target(Place place, Dictionary<Place, int> next)
    {
        if (place.Left == 0)
            return place.Rest == 0 ? to : null;
        if (next.TryGetValue(place, out int known) || _free.TryGetValue(place, out known))
            return known;
        int node = builder.Node();
        next.Add(place, node);
        if (place is { AtLow: false, AtHigh: false })
            _free.Add(place, node);
        return node;
    }

    private static string Written(long number, int digits) => number.ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0');

    // Digits left, whether those so far are a bound's, and what they leave when divided by the step.
    private readonly record struct Place(int Left, bool AtLow, bool AtHigh, long Rest)
    {
        public Place After(char digit, char low, char high, long step) =>
            new(Left - 1, AtLow && digit == low, AtHigh && digit == high, (long)(((Int128)Rest * 10 + (digit - '0')) % step));
    }
}
