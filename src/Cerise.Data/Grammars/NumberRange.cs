namespace Cerise.Data.Grammars;

/// <summary>Numbers between two bounds: written with as many places as the bounds have, or fewer; and with more, where all that begins so lies between.</summary>
/// <param name="builder">Where to.</param>
/// <param name="syntax">Digits.</param>
/// <param name="places">Most digits after the point that the bounds and the step have.</param>
/// <param name="step">What the numbers are multiples of, times 10 to the <paramref name="places"/>; null for any.</param>
internal sealed class NumberRange(AutomatonBuilder builder, JsonSyntax syntax, int places, long? step)
{
    /// <summary>Most places of a bound or a step.</summary>
    public const int MostPlaces = 12;

    /// <summary>Adds the numbers; an empty range leads nowhere.</summary>
    /// <param name="from">The node before the number.</param>
    /// <param name="low">Lower bound, times 10 to the places.</param>
    /// <param name="high">Upper bound, times 10 to the places.</param>
    /// <returns>The node after it.</returns>
    public int Add(int from, NumberBound low, NumberBound high)
    {
        int to = builder.Node();
        Magnitudes(builder.Text(from, "-"), to, high.Flipped, low.Flipped);
        Magnitudes(from, to, low, high);
        return to;
    }

    // Numbers without a sign from one bound to the other, which may be below 0.
    private void Magnitudes(int from, int to, NumberBound low, NumberBound high)
    {
        if (low.Value < 0)
            low = new NumberBound(0, false);
        if (high.Value < low.Value || (high.Value == low.Value && (low.IsOpen || high.IsOpen)))
            return;
        (long least, long most) = ((long)low.Value, (long)high.Value);
        long scale = 1;
        for (int written = places; written >= 0; written--, scale *= 10)
        {
            long first = (least / scale) + (least % scale > 0 || low.IsOpen ? 1 : 0);
            long last = (most / scale) - (most % scale == 0 && high.IsOpen ? 1 : 0);
            new IntegerRange(builder, to, written, step is { } whole ? whole / Divisor(whole, scale) : 1).AddPositive(from, first, last);
        }
        if (step is null)
            Longer(from, to, low, high);
    }

    // With more places than the bounds: what follows them is free strictly between, above 0 just over an open bound, and 0 at a closed upper one.
    private void Longer(int from, int to, NumberBound low, NumberBound high)
    {
        (long least, long most) = ((long)low.Value, (long)high.Value);
        int more = Math.Max(1, JsonSyntax.MostDigits - places);
        if (low.IsOpen)
        {
            int zeros = builder.Repeat(Begun(from, least, least), 0, more - 1, Zero);
            builder.Link(builder.Repeat(builder.Byte(zeros, (byte)'1', (byte)'9'), 0, more - 1, syntax.Digit), to);
            least++;
        }
        if (least < most)
            builder.Link(builder.Repeat(Begun(from, least, most - 1), 1, more, syntax.Digit), to);
        if (!high.IsOpen && least <= most)
            builder.Link(builder.Repeat(Begun(from, most, most), 1, more, Zero), to);
    }

    // After the places of the bounds, and the point.
    private int Begun(int from, long least, long most)
    {
        int to = builder.Node();
        new IntegerRange(builder, to, places).AddPositive(from, least, most);
        return places == 0 ? builder.Text(to, ".") : to;
    }

    private int Zero(int from) => builder.Text(from, "0");

    private static long Divisor(long a, long b) => b == 0 ? a : Divisor(b, a % b);
}
