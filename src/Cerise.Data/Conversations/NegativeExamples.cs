namespace Cerise.Data.Conversations;

/// <summary>Checks bad examples: what they teach must hang on a system prompt that good examples, and inference, never have.</summary>
internal sealed class NegativeExamples
{
    private const string Name = "negative examples";

    private readonly HashSet<string> _goodPrompts = new(StringComparer.Ordinal), _goodPairs = new(StringComparer.Ordinal);
    private readonly List<(string Place, string Prompt, string? Pair)> _bad = [];

    public void Add(string place, Conversation conversation)
    {
        if (conversation.Polarity < 0)
        {
            _bad.Add((place, conversation.System ?? "", conversation.PairId));
            return;
        }
        _goodPrompts.Add(conversation.System ?? "");
        if (conversation.PairId is { } pair)
            _goodPairs.Add(pair);
    }

    public ConversationCheck Result()
    {
        if (_bad.Count == 0)
            return new ConversationCheck(Name, CheckVerdict.Passed, "none", [], "");
        Finding shared = new(), alone = new();
        foreach ((string place, string prompt, string? pair) in _bad)
        {
            if (_goodPrompts.Contains(prompt))
                shared.Add(place);
            if (pair is null || !_goodPairs.Contains(pair))
                alone.Add(place);
        }
        if (shared.Count > 0)
        {
            return new ConversationCheck(Name, CheckVerdict.Failed, $"{shared.Count} of {_bad.Count} stand under a system prompt that good examples have too", shared.Places,
                "Give bad examples a system prompt of their own that asks for the bad behaviour.");
        }
        return alone.Count > 0
            ? new ConversationCheck(Name, CheckVerdict.Warning, $"{alone.Count} of {_bad.Count} have no good example of the same pair_id", alone.Places,
                "Pair each with a good answer to the same question under the good system prompt, or the question itself may come to ask for the bad behaviour.")
            : new ConversationCheck(Name, CheckVerdict.Passed, $"{_bad.Count}, each under a system prompt of its own and paired with a good one", [], "");
    }
}
