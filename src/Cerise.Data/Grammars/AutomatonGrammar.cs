using System.Runtime.CompilerServices;

namespace Cerise.Data.Grammars;

/// <summary>A grammar given by an automaton; what was found out about its tokens is kept for each vocabulary.</summary>
/// <param name="automaton">The automaton.</param>
internal sealed class AutomatonGrammar(GrammarAutomaton automaton) : Grammar
{
    private readonly ConditionalWeakTable<TokenVocabulary, NodeMasks> _masks = [];

    public override ITokenConstraint Start(TokenVocabulary vocabulary)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        return new GrammarConstraint(vocabulary, _masks.GetValue(vocabulary, tokens => new NodeMasks(automaton, tokens)));
    }
}
