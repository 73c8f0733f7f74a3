using Cerise.Data.Tokenizers.Alignment;
using Cerise.Data.Tokenizers.Unicode;

namespace Cerise.Data.Tokenizers.Normalizers;

/// <summary>Takes combining marks away; put NFD before it to reach those of composed letters.</summary>
internal sealed class StripAccentsNormalizer : Normalizer
{
    public override TrackedText Normalize(TrackedText text) =>
        System.Text.Ascii.IsValid(text.Text) ? text : CharacterFilter.Map(text, rune => CodePoints.IsMark(rune) ? null : rune);
}
