using Cerise.Data.Tokenizers.Normalizers;

namespace Cerise.Data.Tokenizers.PreTokenizers;

/// <summary>GPT-2's step: perhaps a space before the text, perhaps GPT-2's pattern, then bytes as symbols.</summary>
/// <param name="addPrefixSpace">Puts a space before text that does not begin with one.</param>
/// <param name="useRegex">Splits with GPT-2's pattern.</param>
/// <param name="mapsBytes">Spells the bytes here rather than leave it to the model: for a step that others follow.</param>
internal sealed class ByteLevelPreTokenizer(bool addPrefixSpace, bool useRegex, bool mapsBytes) : PreTokenizer
{
    private static readonly ScannerPreTokenizer Gpt2 = new(new Gpt2Scanner());

    private readonly bool _addPrefixSpace = addPrefixSpace;
    private readonly bool _useRegex = useRegex;
    private readonly bool _mapsBytes = mapsBytes;

    public override bool LeavesBytesToModel => !_mapsBytes;

    public override PieceScanner? Scanner => _useRegex && !_addPrefixSpace && !_mapsBytes ? Gpt2.Scanner : null;

    /// <summary>Whether pieces pass as they are.</summary>
    public bool DoesNotSplit => !_useRegex && !_addPrefixSpace && !_mapsBytes;

    public override void Split(Piece piece, List<Piece> parts)
    {
        if (_addPrefixSpace && !piece.Span.StartsWith(' '))
            piece = piece.With(PrependNormalizer.Prepend(piece.Detach(), " "));
        int before = parts.Count;
        if (_useRegex)
            Gpt2.Split(piece, parts);
        else
            parts.Add(piece);
        for (int i = before; _mapsBytes && i < parts.Count; i++)
            parts[i] = parts[i].With(ByteLevelNormalizer.Spell(parts[i].Detach()));
    }
}
