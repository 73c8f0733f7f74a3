using System.Text;

namespace Cerise.Data.Grammars;

/// <summary>Ranges of code points as bytes of UTF-8.</summary>
internal static class Utf8Ranges
{
    private static readonly (int First, int Last)[] Lengths = [(0, 0x7F), (0x80, 0x7FF), (0x800, 0xFFFF), (0x10000, 0x10FFFF)];

    /// <summary>Adds one character of the ranges between two nodes.</summary>
    /// <param name="builder">Where to.</param>
    /// <param name="from">The node before the character.</param>
    /// <param name="to">The node after it.</param>
    /// <param name="ranges">Code points, ends included; surrogates are left out.</param>
    public static void Add(AutomatonBuilder builder, int from, int to, IEnumerable<(int First, int Last)> ranges)
    {
        int[] anyTail = [to, -1, -1, -1];                                  // nodes before 1 to 3 bytes of which each may be any that continues
        int Tail(int count)
        {
            if (anyTail[count] < 0)
            {
                int rest = Tail(count - 1);
                anyTail[count] = builder.Node();
                builder.Byte(anyTail[count], 0x80, 0xBF, rest);
            }
            return anyTail[count];
        }
        foreach ((int first, int last) in ranges)
            foreach ((byte First, byte Last)[] bytes in Split(first, last))
            {
                int at = from;
                for (int i = 0; i < bytes.Length; i++)
                {
                    int left = bytes.Length - 1 - i;
                    bool any = bytes[(i + 1)..].All(range => range == (0x80, 0xBF));
                    int next = any ? Tail(left) : builder.Node();
                    builder.Byte(at, bytes[i].First, bytes[i].Last, next);
                    at = next;
                    if (any)
                        break;
                }
            }
    }

    // The byte ranges of each stretch in which only the last bytes vary freely.
    private static IEnumerable<(byte First, byte Last)[]> Split(int first, int last)
    {
        foreach ((int least, int most) in Lengths)
            foreach ((int low, int high) in WithoutSurrogates(Math.Max(first, least), Math.Min(last, most)))
                foreach ((byte, byte)[] bytes in SplitLength(low, high))
                    yield return bytes;
    }

    private static IEnumerable<(int, int)> WithoutSurrogates(int first, int last)
    {
        if (first <= Math.Min(last, 0xD7FF))
            yield return (first, Math.Min(last, 0xD7FF));
        if (Math.Max(first, 0xE000) <= last)
            yield return (Math.Max(first, 0xE000), last);
    }

    private static IEnumerable<(byte, byte)[]> SplitLength(int first, int last)
    {
        for (int bits = 6; bits <= 18; bits += 6)
        {
            int mask = (1 << bits) - 1;
            if ((first & ~mask) == (last & ~mask))
                break;
            if ((first & mask) != 0)
                return [.. SplitLength(first, first | mask), .. SplitLength((first | mask) + 1, last)];
            if ((last & mask) != mask)
                return [.. SplitLength(first, (last & ~mask) - 1), .. SplitLength(last & ~mask, last)];
        }
        byte[] low = Encoding.UTF8.GetBytes(char.ConvertFromUtf32(first)), high = Encoding.UTF8.GetBytes(char.ConvertFromUtf32(last));
        return [[.. low.Zip(high)]];
    }
}
