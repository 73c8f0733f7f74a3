using Cerise.Data;
using Cerise.Data.Grammars;
using Cerise.Data.Inference;
using Cerise.Models.Generation;
using Cerise.Training.Rollouts;

namespace Cerise.Training.Inference;

/// <summary>Holds one completion to a grammar and ends it at stop strings.</summary>
/// <param name="tokenizer">The model's.</param>
/// <param name="stops">Looks for stop strings; null for none.</param>
/// <param name="constraint">Says which tokens may come; null for all.</param>
/// <param name="ends">Tokens that end the completion: allowed where the grammar may end, and nowhere else.</param>
internal sealed class CompletionGuide(ITokenizer tokenizer, StopMatcher.Search? stops, ITokenConstraint? constraint, IReadOnlyList<int> ends) : ICompletionGuide
{
    public bool Constrain(Span<ulong> allowed)
    {
        if (constraint is null)
            return false;
        constraint.FillAllowed(allowed);
        for (int i = 0; i < ends.Count; i++)
        {
            if ((uint)ends[i] >= (uint)allowed.Length * 64)
                continue;
            ulong bit = 1UL << (ends[i] % 64);
            if (constraint.MayEnd)
                allowed[ends[i] / 64] |= bit;
            else
                allowed[ends[i] / 64] &= ~bit;
        }
        return true;
    }

    public bool Append(int id)
    {
        constraint?.Accept(id);
        return stops?.Append(StopStrings.BytesOf(tokenizer, id)) == true || constraint?.MustEnd == true;
    }
}
