using Cerise.Data.Tokenizers.Alignment;

namespace Cerise.Data.Tokenizers.PreTokenizers;

/// <summary>A part of a text on its way to the model.</summary>
/// <param name="Source">The text it is a part of.</param>
/// <param name="Start">Where it begins there.</param>
/// <param name="Length">UTF-16 units.</param>
/// <param name="AtStart">Whether it is the very beginning of the text that is being encoded.</param>
internal readonly record struct Piece(TrackedText Source, int Start, int Length, bool AtStart)
{
    public ReadOnlySpan<char> Span => Source.Text.AsSpan(Start, Length);

    /// <summary>A part of this piece, with offsets within it.</summary>
    public Piece Part(int start, int end) => new(Source, Start + start, end - start, AtStart && start == 0);

    /// <summary>Another text in this piece's place.</summary>
    public Piece With(TrackedText text) => new(text, 0, text.Text.Length, AtStart);

    /// <summary>This piece as a text of its own, to be changed.</summary>
    public TrackedText Detach()
    {
        if (Length == Source.Text.Length)
            return Source;
        if (Source.Origins is null)
            return new(Span.ToString(), null);
        var copy = new TextRewriter(Source);
        copy.Copy(Start, Start + Length);
        return copy.Finish();
    }
}
