namespace Cerise.Data.Tokenizers.Unicode;

/// <summary>What the finer splitting patterns ask of a character. Several may hold at once.</summary>
[Flags]
internal enum CharTraits : byte
{
    /// <summary>None of the others: controls, unassigned, private.</summary>
    None = 0,

    /// <summary><c>\p{L}</c>.</summary>
    Letter = 1,

    /// <summary><c>\p{M}</c>.</summary>
    Mark = 2,

    /// <summary><c>\p{N}</c>.</summary>
    Number = 4,

    /// <summary><c>[\p{P}\p{S}]</c>.</summary>
    Symbol = 8,

    /// <summary><c>\s</c> without carriage return and line feed.</summary>
    Space = 16,

    /// <summary>Carriage return or line feed.</summary>
    NewLine = 32,

    /// <summary><c>[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]</c>: may stand in the capitals that begin a word.</summary>
    Opening = 64,

    /// <summary><c>[\p{Ll}\p{Lm}\p{Lo}\p{M}]</c>: may stand in the rest of a word.</summary>
    Continuing = 128,
}
