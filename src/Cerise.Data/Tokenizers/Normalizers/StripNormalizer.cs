using Cerise.Data.Tokenizers.Alignment;

namespace Cerise.Data.Tokenizers.Normalizers;

/// <summary>Takes white space away at the ends.</summary>
internal sealed class StripNormalizer(bool left, bool right) : Normalizer
{
    private readonly bool _left = left;
    private readonly bool _right = right;

    public override TrackedText Normalize(TrackedText text)
    {
        int end = _right ? text.Text.AsSpan().TrimEnd().Length : text.Text.Length;
        int start = _left ? end - text.Text.AsSpan(0, end).TrimStart().Length : 0;
        if (start == 0 && end == text.Text.Length)
            return text;
        var result = new TextRewriter(text);
        result.Copy(start, end);
        return result.Finish();
    }
}
