using System.Text;
using Cerise.Data.Tokenizers.Alignment;

namespace Cerise.Data.Tokenizers.Normalizers;

/// <summary>Drops and replaces single characters.</summary>
internal static class CharacterFilter
{
    /// <summary>The text with each character replaced by what <paramref name="map"/> gives for it, or dropped where that is null.</summary>
    public static TrackedText Map(TrackedText text, Func<Rune, Rune?> map)
    {
        TextRewriter? result = null;                                        // made at the first change
        int at = 0, kept = 0;                                               // everything before kept is written
        Span<char> units = stackalloc char[2];
        foreach (Rune rune in text.Text.EnumerateRunes())
        {
            int next = at + rune.Utf16SequenceLength;
            if (map(rune) is var mapped && mapped != rune)
            {
                result ??= new TextRewriter(text);
                result.Copy(kept, at);
                if (mapped is { } other)
                    result.Append(units[..other.EncodeToUtf16(units)], at);
                kept = next;
            }
            at = next;
        }
        if (result is null)
            return text;
        result.Copy(kept, at);
        return result.Finish();
    }
}
