namespace Cerise.Data.Tokenizers.PreTokenizers;

/// <summary>Splits with a scanner; every match is a piece.</summary>
internal sealed class ScannerPreTokenizer(PieceScanner scanner) : PreTokenizer
{
    public override PieceScanner Scanner { get; } = scanner;

    public override void Split(Piece piece, List<Piece> parts)
    {
        ReadOnlySpan<char> text = piece.Span;
        for (int start = 0; start < text.Length;)
        {
            int end = Scanner.NextEnd(text, start);
            parts.Add(piece.Part(start, end));
            start = end;
        }
    }
}
