namespace Cerise.Data.Tokenizers.PreTokenizers;

/// <summary>Pre-tokenizers one after the other, each splitting the pieces of the one before.</summary>
internal sealed class SequencePreTokenizer(PreTokenizer[] steps) : PreTokenizer
{
    private readonly PreTokenizer[] _steps = steps;

    public override bool LeavesBytesToModel => _steps.Length > 0 && _steps[^1].LeavesBytesToModel;

    public override PieceScanner? Scanner => _steps switch
    {
        [var only] => only.Scanner,
        [var first, ByteLevelPreTokenizer { DoesNotSplit: true }] => first.Scanner,
        _ => null,
    };

    public override void Split(Piece piece, List<Piece> parts)
    {
        List<Piece> current = [piece];
        foreach (PreTokenizer step in _steps)
        {
            var next = new List<Piece>(current.Count);
            foreach (Piece part in current)
                step.Split(part, next);
            current = next;
        }
        parts.AddRange(current);
    }
}
