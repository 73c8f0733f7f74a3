using Cerise.Data;
using Cerise.Data.Conversations;

namespace Cerise.Cli.Inspecting;

/// <summary>Neighbouring tokens of a turn that are all trained or all not.</summary>
/// <param name="Text">What they stand for.</param>
/// <param name="IsTrained">Whether they are trained.</param>
/// <param name="First">Index of the first token.</param>
/// <param name="Count">How many.</param>
internal readonly record struct TokenRun(string Text, bool IsTrained, int First, int Count)
{
    /// <summary>The runs of a turn's tokens.</summary>
    public static IEnumerable<TokenRun> Of(ChatExample example, int first, int count, ITokenizer tokenizer)
    {
        int shown = first == 0 ? (example.IsCutAtStart ? example.Tokens[0].Start : 0) : example.Tokens[first - 1].End;
        for (int i = first; i < first + count;)
        {
            int start = i;
            byte trained = example.Trained[start];
            while (i < first + count && example.Trained[i] == trained)
                i++;
            int end = Math.Max(shown, example.Tokens[i - 1].End);
            // A token that stands for no character of the text, such as the end token of plain text, is shown by its own name.
            string added = string.Concat(Enumerable.Range(start, i - start).Where(token => example.Tokens[token] is var (_, from, to) && from == to)
                .Select(token => tokenizer.IdToToken(example.Tokens[token].Id)));
            yield return new TokenRun(example.Text[shown..end] + added, trained == 1, start, i - start);
            shown = end;
        }
    }
}
