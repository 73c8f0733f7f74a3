using Cerise.Data.Tokenizers.Parsing;

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
        [SplitPreTokenizer first, SplitPreTokenizer second, SplitPreTokenizer third, ByteLevelPreTokenizer { DoesNotSplit: true }]
            when IsDeepSeek(first, 0) && IsDeepSeek(second, 1) && IsDeepSeek(third, 2) => new DeepSeekScanner(),
        _ => null,
    };

    /// <summary>Files write the line breaks in the pattern as they are or as escapes.</summary>
    private static bool IsDeepSeek(SplitPreTokenizer split, int index) =>
        split.IsolatedPattern?.Replace("\r", @"\r", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal) == DeepSeekScanner.Patterns[index];

    public override void Split(Piece piece, List<Piece> parts)
    {
        List<Piece> current = [piece];
        foreach (PreTokenizer step in _steps)
        {
            var next = new List<Piece>(current.Count);
            int counted = 0;
            long length = 0;
            foreach (Piece part in current)
            {
                step.Split(part, next);
                for (; counted < next.Count; counted++)
                    length += next[counted].Length;
                TextGrowth.Check(piece.Length, length);
            }
            current = next;
        }
        parts.AddRange(current);
    }
}
