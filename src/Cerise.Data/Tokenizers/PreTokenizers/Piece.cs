namespace Cerise.Data.Tokenizers.PreTokenizers;

/// <summary>A part of a text on its way to the model.</summary>
/// <param name="Text">The text it is a part of.</param>
/// <param name="Start">Where it begins there.</param>
/// <param name="Length">UTF-16 units.</param>
/// <param name="AtStart">Whether it is the very beginning of the text that is being encoded.</param>
internal readonly record struct Piece(string Text, int Start, int Length, bool AtStart)
{
    public ReadOnlySpan<char> Span => Text.AsSpan(Start, Length);

    /// <summary>A part of this piece, with offsets within it.</summary>
    public Piece Part(int start, int end) => new(Text, Start + start, end - start, AtStart && start == 0);

    /// <summary>Another text in this piece's place.</summary>
    public Piece With(string text) => new(text, 0, text.Length, AtStart);
}
