using System.Text;
using Cerise.Data.Tokenizers.Unicode;

namespace Cerise.Data.Tokenizers.Normalizers;

/// <summary>Takes combining marks away; put NFD before it to reach those of composed letters.</summary>
internal sealed class StripAccentsNormalizer : Normalizer
{
    public override string Normalize(string text)
    {
        if (System.Text.Ascii.IsValid(text))
            return text;
        var result = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
            if (!CodePoints.IsMark(rune))
                result.Append(rune);
        return result.ToString();
    }
}
