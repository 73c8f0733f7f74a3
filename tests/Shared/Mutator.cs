using System.Text;

namespace Cerise.Testing;

/// <summary>Damages small files: bits, bytes, slices, numbers, nesting, repeats; with words of the format, so that damage comes past the first check.</summary>
/// <param name="words">Fragments that mean something in the format.</param>
internal sealed class Mutator(params string[] words)
{
    /// <summary>Numbers at and beyond the ends of common types.</summary>
    public static readonly string[] Numbers =
    [
        "-1", "0", "-0", "1", "0.5", "1e999", "-1e999", "1e-999", "1e308", "32768", "65536", "2147483647", "2147483648", "-2147483648", "4294967295", "4294967296",
        "9223372036854775807", "9223372036854775808", "-9223372036854775808", "18446744073709551616", "1000000000", "NaN", "Infinity", "1e9", "1.0", "0x10", "1_000",
    ];

    private static readonly string[] Anywhere =
    [
        "\"", "'", "\\", "\\u0000", "\"\\ud800\"", "\n", "\r\n", "\0", "\uFEFF", "\u2028", "\U0001F600", "{", "}", "[", "]", "(", ")", ",", ":", "null", "true", "[]", "{}", "\"\"",
    ];

    private static readonly string[] Opening = ["[", "{\"a\":", "(", "{{", "{", "[[", "- ", "((("];

    private readonly byte[][] _words = [.. words.Concat(Anywhere).Concat(Numbers).Select(Encoding.UTF8.GetBytes)];
    private readonly byte[][] _numbers = [.. Numbers.Select(Encoding.UTF8.GetBytes)];

    /// <summary>One to four kinds of damage.</summary>
    /// <param name="file">The example; not changed.</param>
    /// <param name="other">Another, of which a piece may be taken.</param>
    /// <param name="dice">What decides.</param>
    public byte[] Damage(byte[] file, byte[] other, Dice dice)
    {
        for (int changes = dice.Chance(60) ? 1 : 2 + dice.Below(3); changes > 0; changes--)
            file = Once(file, other, dice);
        return file;
    }

    private byte[] Once(byte[] file, byte[] other, Dice dice)
    {
        int at = dice.Below(file.Length + 1), length = Math.Min(file.Length - at, 1 + dice.Below(dice.Chance(80) ? 12 : file.Length));
        ReadOnlySpan<byte> before = file.AsSpan(0, at), after = file.AsSpan(at), slice = file.AsSpan(at, length), rest = file.AsSpan(at + length);
        switch (dice.Below(12))
        {
            case 0:
                return length == 0 ? file : [.. before, (byte)(file[at] ^ (1 << dice.Below(8))), .. file.AsSpan(at + 1)];
            case 1:
                return length == 0 ? file : [.. before, (byte)dice.Below(256), .. file.AsSpan(at + 1)];
            case 2:
            case 3:
                return [.. before, .. dice.Pick(_words), .. after];
            case 4:
                return [.. before, .. dice.Pick(_words), .. rest];
            case 5:
                return [.. before, .. rest];
            case 6:
                return dice.Chance(30) ? before.ToArray() : [.. before, .. slice, .. slice, .. rest];
            case 7:
                int to = dice.Below(file.Length + 1);
                return [.. file.AsSpan(0, to), .. slice, .. file.AsSpan(to)];
            case 8:
            case 9:
                return Number(file, at, dice);
            case 10:
                return [.. before, .. Repeated(dice), .. after];
            default:
                int from = dice.Below(other.Length + 1);
                return [.. before, .. other.AsSpan(from, Math.Min(other.Length - from, 1 + dice.Below(200))), .. rest];
        }
    }

    /// <summary>The next number of the file replaced by one that is hard to hold.</summary>
    private byte[] Number(byte[] file, int at, Dice dice)
    {
        int start = file.AsSpan(at).IndexOfAnyInRange((byte)'0', (byte)'9');
        if (start < 0)
            return file;
        start += at;
        int end = start;
        while (end < file.Length && file[end] is (>= (byte)'0' and <= (byte)'9') or (byte)'.')
            end++;
        return [.. file.AsSpan(0, start), .. dice.Pick(_numbers), .. file.AsSpan(end)];
    }

    /// <summary>Deep nesting, or one word many times.</summary>
    private byte[] Repeated(Dice dice)
    {
        byte[] word = dice.Chance(50) ? Encoding.UTF8.GetBytes(dice.Pick(Opening)) : dice.Pick(_words);
        int times = dice.Chance(90) ? 1 + dice.Below(300) : 1 + dice.Below(4000);
        byte[] repeated = new byte[word.Length * times];
        for (int i = 0; i < repeated.Length; i++)
            repeated[i] = word[i % word.Length];
        return repeated;
    }
}
