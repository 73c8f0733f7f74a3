namespace Cerise.Data.Grammars;

/// <summary>A set of texts that completions are held to. Immutable and safe for use from many threads at once.</summary>
public abstract class Grammar
{
    /// <summary>Begins a completion.</summary>
    /// <param name="vocabulary">The tokens it is made of.</param>
    /// <exception cref="GrammarException">These tokens cannot spell some text of the grammar, such as where a byte has no token.</exception>
    public abstract ITokenConstraint Start(TokenVocabulary vocabulary);
}
