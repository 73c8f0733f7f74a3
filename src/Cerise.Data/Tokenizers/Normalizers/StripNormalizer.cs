namespace Cerise.Data.Tokenizers.Normalizers;

/// <summary>Takes white space away at the ends.</summary>
internal sealed class StripNormalizer(bool left, bool right) : Normalizer
{
    private readonly bool _left = left;
    private readonly bool _right = right;

    public override string Normalize(string text)
    {
        if (_left)
            text = text.TrimStart();
        return _right ? text.TrimEnd() : text;
    }
}
