using Cerise.Data.Tokenizers.Alignment;
using Cerise.Data.Tokenizers.Parsing;

namespace Cerise.Data.Tokenizers.Normalizers;

/// <summary>Normalizers one after the other.</summary>
internal sealed class SequenceNormalizer(Normalizer[] steps) : Normalizer
{
    private readonly Normalizer[] _steps = steps;

    public override TrackedText Normalize(TrackedText text)
    {
        int before = text.Text.Length;
        foreach (Normalizer step in _steps)
        {
            text = step.Normalize(text);
            TextGrowth.Check(before, text.Text.Length);
        }
        return text;
    }
}
