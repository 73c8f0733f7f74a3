using Cerise.Data.Tokenizers.Alignment;

namespace Cerise.Data.Tokenizers.Normalizers;

/// <summary>Normalizers one after the other.</summary>
internal sealed class SequenceNormalizer(Normalizer[] steps) : Normalizer
{
    private readonly Normalizer[] _steps = steps;

    public override TrackedText Normalize(TrackedText text)
    {
        foreach (Normalizer step in _steps)
            text = step.Normalize(text);
        return text;
    }
}
