namespace Cerise.Data.ChatTemplates.Values;

/// <summary>A slice applied to a sequence, by Python's rules.</summary>
internal readonly struct SliceBounds
{
    public SliceBounds(SliceValue slice, int length)
    {
        Step = slice.Step is NoneValue ? 1 : Clamp(slice.Step);
        if (Step == 0)
            throw new TemplateFault("slice step cannot be zero");
        int lowest = Step > 0 ? 0 : -1, highest = Step > 0 ? length : length - 1;
        Start = slice.Start is NoneValue ? (Step > 0 ? lowest : highest) : Place(slice.Start, length, lowest, highest);
        int stop = slice.Stop is NoneValue ? (Step > 0 ? highest : lowest) : Place(slice.Stop, length, lowest, highest);
        Stop = stop;
        long span = Step > 0 ? (long)stop - Start : (long)Start - stop;
        Count = span <= 0 ? 0 : (int)(((span - 1) / Math.Abs((long)Step)) + 1);
    }

    public int Start { get; }

    public int Stop { get; }

    public int Step { get; }

    public int Count { get; }

    private static int Place(Value bound, int length, int lowest, int highest)
    {
        long at = Clamp(bound);
        return (int)Math.Clamp(at < 0 ? at + length : at, lowest, highest);
    }

    private static int Clamp(Value bound)
    {
        if (bound is UndefinedValue undefined)
            throw undefined.Fault();
        if (!Numbers.TryInteger(bound, out System.Numerics.BigInteger value))
            throw new TemplateFault("slice indices must be integers or None or have an __index__ method");
        return (int)System.Numerics.BigInteger.Max(-int.MaxValue, System.Numerics.BigInteger.Min(int.MaxValue, value));
    }
}
