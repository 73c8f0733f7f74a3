namespace Cerise.Data.Tokenizers.Unicode;

/// <summary>What the splitting patterns of byte-level tokenizers ask of a character.</summary>
internal enum CharClass : byte
{
    /// <summary>Neither letter, number nor white space: punctuation, symbols, marks, controls, unassigned.</summary>
    Other,

    /// <summary><c>\p{L}</c>.</summary>
    Letter,

    /// <summary><c>\p{N}</c>.</summary>
    Number,

    /// <summary><c>\s</c> without carriage return and line feed.</summary>
    Space,

    /// <summary>Carriage return or line feed.</summary>
    NewLine,
}
