namespace Cerise.Data.Conversations;

/// <summary>A conversation as a model is trained on it: tokens, which of them are trained, and where they come from.</summary>
public sealed class ChatExample
{
    internal ChatExample(Conversation conversation, string text, (int Id, int Start, int End)[] tokens, byte[] trained, IReadOnlyList<ChatTurn> turns)
    {
        Conversation = conversation;
        Text = text;
        Tokens = tokens;
        Trained = trained;
        Turns = turns;
    }

    /// <summary>What was rendered, the system prompt of the options included.</summary>
    public Conversation Conversation { get; }

    /// <summary>The rendered text, whole.</summary>
    public string Text { get; }

    /// <summary>The tokens that are kept, each with its range of characters in <see cref="Text"/>, the end exclusive.</summary>
    public IReadOnlyList<(int Id, int Start, int End)> Tokens { get; }

    /// <summary>For each token 1 where it is trained, 0 where it is only read.</summary>
    public IReadOnlyList<byte> Trained { get; }

    /// <summary>The turns in the text's order, covering all of it.</summary>
    public IReadOnlyList<ChatTurn> Turns { get; }

    /// <summary>How many tokens were cut off, at the end unless <see cref="IsCutAtStart"/>.</summary>
    public int CutTokens { get; internal init; }

    /// <summary>Whether the tokens that were cut off are the first ones.</summary>
    public bool IsCutAtStart { get; internal init; }

    /// <summary>How many tokens lie across the border of what is trained; each is trained only if it begins inside.</summary>
    public int StraddlingTokens { get; internal init; }

    /// <summary>Special tokens that come out of what a message says rather than from the template.</summary>
    public int SpecialTokensInContent { get; internal init; }

    /// <summary>Why the example is not to be used; null where it is.</summary>
    public string? DroppedBecause { get; internal init; }

    /// <summary>How many tokens are trained; the first never counts, because nothing precedes it.</summary>
    public int TrainedCount => Trained.Skip(1).Sum(trained => trained);

    /// <summary>The kept tokens turn by turn: the first token's index, and how many begin within the turn. Turns of which nothing is kept are left out.</summary>
    public IEnumerable<(ChatTurn Turn, int First, int Count)> TokensByTurn()
    {
        int token = 0;
        for (int i = 0; i < Turns.Count; i++)
        {
            int first = token;
            bool isLast = i == Turns.Count - 1;
            while (token < Tokens.Count && (isLast || Tokens[token].Start < Turns[i].End))
                token++;
            if (token > first)
                yield return (Turns[i], first, token - first);
        }
    }

    /// <summary>The token ids.</summary>
    public int[] Ids() => [.. Tokens.Select(token => token.Id)];
}
