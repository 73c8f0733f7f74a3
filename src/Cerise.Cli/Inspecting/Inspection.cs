using Cerise.Data.Conversations;

namespace Cerise.Cli.Inspecting;

/// <summary>Rows read as the trainer reads them: some to be shown, all counted and checked.</summary>
internal sealed class Inspection
{
    private const int MostReasons = 5;

    private readonly List<SourceCount> _sources = [];

    private Inspection(string title, ChatTokenizer chat, ConversationChecks? checks)
    {
        Title = title;
        Chat = chat;
        Checks = checks;
    }

    /// <summary>What was read.</summary>
    public string Title { get; }

    /// <summary>What made tokens of it.</summary>
    public ChatTokenizer Chat { get; }

    /// <summary>What would ruin a training; null for prompts, which are not trained on.</summary>
    public ConversationChecks? Checks { get; }

    /// <summary>Counts of all rows.</summary>
    public ChatStatistics Statistics { get; } = new();

    /// <summary>The files the rows come from, in the order in which they are met.</summary>
    public IReadOnlyList<SourceCount> Sources => _sources;

    /// <summary>The first rows of each file.</summary>
    public List<ChatRow> Shown { get; } = [];

    /// <summary>Rows after those that are left out for other reasons, one a reason.</summary>
    public List<ChatRow> LeftOut { get; } = [];

    /// <summary>The layout of the first conversation; null where there is none.</summary>
    public ConversationLayout? Layout { get; private set; }

    /// <summary>Reads rows to their end.</summary>
    /// <param name="title">What the rows are called.</param>
    /// <param name="rows">The rows, each with its conversation or what is wrong with it.</param>
    /// <param name="chat">Made tokens of them.</param>
    /// <param name="facts">The model's vocabulary and where it stops.</param>
    /// <param name="asPrompts">Whether the rows are given to the model to answer rather than trained on.</param>
    /// <param name="most">Rows to show of each file.</param>
    /// <param name="badRowsAreLeftOut">Whether a training leaves bad rows out rather than stop at them.</param>
    public static Inspection Of(
        string title, IEnumerable<ChatRow> rows, ChatTokenizer chat, ModelFacts facts, bool asPrompts, int most, bool badRowsAreLeftOut = true)
    {
        ConversationChecks? checks = asPrompts ? null : new(chat, facts.VocabSize, facts.StopIds) { BadRowsAreLeftOut = badRowsAreLeftOut };
        var inspection = new Inspection(title, chat, checks);
        foreach (ChatRow row in rows)
            inspection.Add(asPrompts && row.Example is { } prompt ? row with { DroppedBecause = TooLong(prompt) } : row, most);
        return inspection;
    }

    private void Add(ChatRow row, int most)
    {
        Layout ??= row.Example?.Conversation.Layout;
        Checks?.Add(row);
        Statistics.Add(row);
        SourceCount? source = _sources.Find(known => known.File == row.Row.File);
        if (source is null)
            _sources.Add(source = new SourceCount(row.Row.File));
        source.Add(row);
        if (source.Statistics.Rows <= most)
            Shown.Add(row);
        else if (row.DroppedBecause is { } reason && LeftOut.Count < MostReasons && !Shown.Concat(LeftOut).Any(other => other.DroppedBecause == reason))
            LeftOut.Add(row);
    }

    private static string? TooLong(ChatExample prompt) => prompt.CutTokens == 0 ? null
        : FormattableString.Invariant($"it has {prompt.Tokens.Count + prompt.CutTokens} tokens, more than {prompt.Tokens.Count}");
}
