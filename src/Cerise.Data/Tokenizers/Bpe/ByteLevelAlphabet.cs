using System.Text;

namespace Cerise.Data.Tokenizers.Bpe;

/// <summary>The 256 printable characters that stand for bytes in the vocabularies of byte-level tokenizers (GPT-2).</summary>
/// <remarks>The 188 printable bytes of Latin-1 stand for themselves; the others, in order, are U+0100 and up.</remarks>
internal static class ByteLevelAlphabet
{
    private static readonly char[] Chars = MakeChars();
    private static readonly short[] Bytes = MakeBytes();

    /// <summary>The character of a byte.</summary>
    public static char CharOf(byte value) => Chars[value];

    /// <summary>The byte of a character, or -1 where it is not one of the 256.</summary>
    public static int ByteOf(char c) => c < Bytes.Length ? Bytes[c] : -1;

    /// <summary>The UTF-8 bytes of a text, each as its character.</summary>
    public static string Map(ReadOnlySpan<char> text)
    {
        byte[] utf8 = new byte[Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, utf8);
        return string.Create(utf8.Length, utf8, static (chars, bytes) =>
        {
            for (int i = 0; i < bytes.Length; i++)
                chars[i] = CharOf(bytes[i]);
        });
    }

    /// <summary>Appends the bytes of a token: those its characters stand for, or its UTF-8 bytes where a character stands for none.</summary>
    public static void AppendBytes(string token, List<byte> bytes)
    {
        int before = bytes.Count;
        foreach (char c in token)
        {
            int value = ByteOf(c);
            if (value < 0)
            {
                bytes.RemoveRange(before, bytes.Count - before);
                bytes.AddRange(Encoding.UTF8.GetBytes(token));
                return;
            }
            bytes.Add((byte)value);
        }
    }

    private static char[] MakeChars()
    {
        var chars = new char[256];
        int next = 256;
        for (int b = 0; b < 256; b++)
            chars[b] = b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE ? (char)b : (char)next++;
        return chars;
    }

    private static short[] MakeBytes()
    {
        var bytes = new short[Chars.Max() + 1];
        Array.Fill(bytes, (short)-1);
        for (int b = 0; b < 256; b++)
            bytes[Chars[b]] = (short)b;
        return bytes;
    }
}
