using System.Text;
using Cerise.Data.Tokenizers.Alignment;
using Cerise.Data.Tokenizers.Unicode;

namespace Cerise.Data.Tokenizers.Normalizers;

/// <summary>BERT's cleaning: controls dropped and white space made plain, spaces around Chinese characters, accents dropped, lower case.</summary>
internal sealed class BertNormalizer(bool cleanText, bool handleChineseCharacters, bool stripAccents, bool lowercase) : Normalizer
{
    private readonly bool _cleanText = cleanText;
    private readonly bool _handleChineseCharacters = handleChineseCharacters;
    private readonly bool _stripAccents = stripAccents;
    private readonly bool _lowercase = lowercase;

    public override TrackedText Normalize(TrackedText text)
    {
        if (_cleanText)
            text = CharacterFilter.Map(text, Clean);
        if (_handleChineseCharacters)
            text = SurroundChinese(text);
        if (_stripAccents)
            text = CharacterFilter.Map(UnicodeForm.D.Normalize(text), rune => Rune.GetUnicodeCategory(rune) == System.Globalization.UnicodeCategory.NonSpacingMark ? null : rune);
        return _lowercase ? LowercaseNormalizer.Lower(text) : text;
    }

    private static Rune? Clean(Rune rune) =>
        rune.Value is 0 or 0xFFFD || (rune.Value is not ('\t' or '\n' or '\r') && CodePoints.IsControlOrFormat(rune)) ? null
        : Rune.IsWhiteSpace(rune) ? new Rune(' ')
        : rune;

    private static TrackedText SurroundChinese(TrackedText text)
    {
        TextRewriter? result = null;
        int at = 0, kept = 0;
        foreach (Rune rune in text.Text.EnumerateRunes())
        {
            int next = at + rune.Utf16SequenceLength;
            if (IsChinese(rune.Value))
            {
                result ??= new TextRewriter(text);
                result.Copy(kept, at);
                result.Append(" ", at);
                result.Copy(at, next);
                result.Append(" ", at);
                kept = next;
            }
            at = next;
        }
        if (result is null)
            return text;
        result.Copy(kept, at);
        return result.Finish();
    }

    /// <summary>The blocks that BERT's authors name; one border differs from theirs as it does in the reference tokenizer.</summary>
    private static bool IsChinese(int c) => c is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF)
        or (>= 0x2A700 and <= 0x2B73F) or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);
}
