using Cerise.Data.Tokenizers.Alignment;
using Cerise.Data.Tokenizers.Unicode;

namespace Cerise.Data.Tokenizers.Normalizers;

/// <summary>NFC, NFD, NFKC or NFKD.</summary>
internal sealed class FormNormalizer(UnicodeForm form) : Normalizer
{
    private readonly UnicodeForm _form = form;

    public override TrackedText Normalize(TrackedText text) => _form.Normalize(text);
}
