using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Cerise.Data.Tokenizers.Alignment;

namespace Cerise.Data.Tokenizers.Normalizers;

/// <summary>SentencePiece's table of replacements: a double-array trie of UTF-8 byte strings and, one after the other, what they become.</summary>
/// <remarks>
/// As in the reference tokenizer, a short grapheme is replaced whole by what its shortest known beginning becomes; of others each character is looked up alone.
/// Layout: the trie's size in bytes (32 bits, little-endian), its units of 32 bits, then the replacements, each ended by a zero byte.
/// </remarks>
internal sealed class PrecompiledNormalizer : Normalizer
{
    /// <summary>Graphemes of this many UTF-8 bytes and more are looked up character by character.</summary>
    private const int LongGrapheme = 6;

    private readonly uint[] _trie;
    private readonly string?[] _replacements;                               // by place in the table, where one begins
    private readonly bool _changesAscii;

    /// <summary>Reads the table.</summary>
    /// <exception cref="FormatException">The table is damaged.</exception>
    public PrecompiledNormalizer(ReadOnlySpan<byte> table)
    {
        if (table.Length < 8 || BinaryPrimitives.ReadUInt32LittleEndian(table) is var size && (size % 4 != 0 || size == 0 || size > table.Length - 4))
            throw new FormatException("the table of replacements is cut off");
        _trie = new uint[size / 4];
        for (int i = 0; i < _trie.Length; i++)
            _trie[i] = BinaryPrimitives.ReadUInt32LittleEndian(table[(4 + (4 * i))..]);
        _replacements = ReadReplacements(table[(int)(4 + size)..]);
        _changesAscii = Enumerable.Range(0, 0x80).Any(c => Replacement([(byte)c]) is not null);
    }

    public override TrackedText Normalize(TrackedText text)
    {
        if (!_changesAscii && System.Text.Ascii.IsValid(text.Text) && !text.Text.Contains("\r\n", StringComparison.Ordinal))
            return text;
        TextRewriter? result = null;
        int kept = 0;
        for (int at = 0; at < text.Text.Length;)
        {
            int length = StringInfo.GetNextTextElementLength(text.Text.AsSpan(at));
            if (Encoding.UTF8.GetByteCount(text.Text.AsSpan(at, length)) < LongGrapheme && TryReplace(text, at, length, ref result, ref kept))
            {
                at += length;
                continue;
            }
            for (int end = at + length; at < end;)
            {
                int units = char.IsHighSurrogate(text.Text[at]) && at + 1 < end ? 2 : 1;
                TryReplace(text, at, units, ref result, ref kept);
                at += units;
            }
        }
        if (result is null)
            return text;
        result.Copy(kept, text.Text.Length);
        return result.Finish();
    }

    private bool TryReplace(TrackedText text, int start, int length, ref TextRewriter? result, ref int kept)
    {
        Span<byte> utf8 = stackalloc byte[LongGrapheme];
        int count = Encoding.UTF8.GetBytes(text.Text.AsSpan(start, length), utf8);
        if (Replacement(utf8[..count]) is not { } replacement)
            return false;
        result ??= new TextRewriter(text);
        result.Copy(kept, start);
        result.Append(replacement, start, start + length - 1);
        kept = start + length;
        return true;
    }

    /// <summary>What the shortest known beginning of the bytes becomes, or null.</summary>
    private string? Replacement(ReadOnlySpan<byte> bytes)
    {
        uint at = Offset(_trie[0]);
        foreach (byte value in bytes)
        {
            if (value == 0 || (at ^= value) >= _trie.Length)
                return null;
            uint unit = _trie[at];
            if ((unit & 0x800000FF) != value || (at ^= Offset(unit)) >= _trie.Length)
                return null;
            if ((unit & 0x100) != 0)                                        // a key ends here; its value stands at the next unit
                return _trie[at] is var leaf && (leaf & 0x7FFFFFFF) < _replacements.Length ? _replacements[(int)(leaf & 0x7FFFFFFF)] : null;
        }
        return null;
    }

    private static uint Offset(uint unit) => (unit >> 10) << (int)((unit & 0x200) >> 6);

    /// <summary>Each place of the table with the text from there to the next zero; only places where a text begins are kept.</summary>
    private static string?[] ReadReplacements(ReadOnlySpan<byte> table)
    {
        var replacements = new string?[table.Length];
        for (int start = 0; start < table.Length;)
        {
            int length = table[start..].IndexOf((byte)0);
            int end = length < 0 ? table.Length : start + length;
            if (!System.Text.Unicode.Utf8.IsValid(table[start..end]))
                throw new FormatException("a replacement is not UTF-8");
            replacements[start] = Encoding.UTF8.GetString(table[start..end]);
            start = end + 1;
        }
        return replacements;
    }
}
