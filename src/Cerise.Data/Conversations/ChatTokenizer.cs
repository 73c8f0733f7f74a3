using System.Text.Json.Nodes;
using Cerise.Data.Datasets;

namespace Cerise.Data.Conversations;

/// <summary>Conversations to tokens: for training, with the mask of what is trained, and as prompts.</summary>
/// <remarks>
/// What the model says is trained, with its calls of tools, its thoughts and the token that ends its turn; what others say, tools' results and headers never
/// are. The mask comes from one rendering of the whole conversation, whose characters say which message they are from (<see cref="TextOrigin"/>). A token is
/// trained when it begins inside the trained characters. The rendered text is tokenized as it is: special tokens in it are recognised, none are added.
/// Safe for use from many threads at once.
/// </remarks>
public sealed class ChatTokenizer
{
    /// <summary>What is wrong with a row that needs a chat template where there is none.</summary>
    internal const string NoTemplate = "is a conversation, and the model has no chat template";

    private readonly ChatRenderer? _renderer;

    /// <summary>Makes one.</summary>
    /// <param name="tokenizer">Text to ids; names the special tokens that the template writes.</param>
    /// <param name="template">The model's chat template; null where it has none, so that only plain text can be read.</param>
    /// <param name="options">Checked settings; defaults when null.</param>
    public ChatTokenizer(ITokenizer tokenizer, ChatTemplate? template, ChatTokenizerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        Tokenizer = tokenizer;
        Template = template;
        Options = options ?? new ChatTokenizerOptions();
        _renderer = template is null ? null : new ChatRenderer(template, tokenizer, Options);
    }

    /// <summary>Text to ids.</summary>
    public ITokenizer Tokenizer { get; }

    /// <summary>The model's chat template; null where it has none.</summary>
    public ChatTemplate? Template { get; }

    /// <summary>The settings.</summary>
    public ChatTokenizerOptions Options { get; }

    /// <summary>A conversation as it is trained on.</summary>
    /// <exception cref="DatasetException">The template refuses it, or there is none: names file and line.</exception>
    public ChatExample Encode(Conversation conversation)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        return conversation.Plain is { } plain ? EncodePlain(conversation, plain) : EncodeChat(WithSystem(conversation));
    }

    /// <summary>What the model is given for its last answer: the messages before it, and what the template appends to ask for one.</summary>
    /// <exception cref="DatasetException">The template refuses it, or there is none: names file and line.</exception>
    public ChatPrompt Prompt(Conversation conversation)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        if (conversation.Plain is { } plain)
            return new ChatPrompt(plain.Prompt, Tokenizer.EncodePrompt(plain.Prompt));
        conversation = WithSystem(conversation);
        ChatRenderer renderer = RendererFor(conversation);
        try
        {
            string text = renderer.Render(renderer.Variables(conversation, conversation.PromptMessages, addGenerationPrompt: true));
            return new ChatPrompt(text, Tokenizer.Encode(text, addSpecialTokens: false));
        }
        catch (ChatTemplateException error)
        {
            throw Refused(conversation, error);
        }
    }

    private ChatExample EncodeChat(Conversation conversation)
    {
        ChatRenderer renderer = RendererFor(conversation);
        RenderedChat chat;
        IReadOnlyList<ChatTurn> turns;
        (int Id, int Start, int End)[] tokens;
        try
        {
            JsonObject variables = renderer.Variables(conversation, conversation.Messages, addGenerationPrompt: !conversation.HasAnswer);
            chat = renderer.RenderWithOrigins(variables);
            tokens = Tokenizer.EncodeWithOffsets(chat.Text, addSpecialTokens: false);
            turns = new AnswerSpans(renderer, Tokenizer, conversation, chat, tokens).Find(variables);
        }
        catch (ChatTemplateException error)
        {
            throw Refused(conversation, error);
        }
        (int Start, int End)[] spans = [.. turns.SelectMany(turn => turn.Trained).OrderBy(span => span.Start)];
        if (!Options.CompletionOnlyLoss && conversation.HasAnswer)
            spans = [(0, chat.Text.Length)];
        (byte[] trained, int straddling) = TrainedMask.Of(tokens, spans);
        return Fitted(conversation, chat.Text, tokens, trained, turns, straddling, chat);
    }

    private ChatExample EncodePlain(Conversation conversation, PlainText plain)
    {
        List<(int Id, int Start, int End)> tokens = [.. Tokenizer.EncodePromptWithOffsets(plain.Prompt)];
        int given = tokens.Count, border = plain.Prompt.Length;
        string text = plain.Prompt + plain.Completion;
        List<ChatTurn> turns = border > 0 ? [new ChatTurn(-1, DatasetColumns.Prompt, 0, border)] : [];
        if (plain.Completion is not null)
        {
            tokens.AddRange(Tokenizer.EncodeWithOffsets(plain.Completion, addSpecialTokens: false).Select(token => (token.Id, token.Start + border, token.End + border)));
            if (Tokenizer.EosId is { } end && tokens[^1].Id != end)
                tokens.Add((end, text.Length, text.Length));
            turns.Add(new ChatTurn(-1, DatasetColumns.Completion, border, text.Length) { Trained = [(border, text.Length)], IsTrained = true, EndToken = Tokenizer.EosId });
        }
        byte[] trained = new byte[tokens.Count];
        if (plain.Completion is not null)
            Array.Fill(trained, (byte)1, Options.CompletionOnlyLoss ? given : 0, tokens.Count - (Options.CompletionOnlyLoss ? given : 0));
        return Fitted(conversation, text, [.. tokens], trained, turns, straddling: 0, chat: null);
    }

    /// <summary>The example, cut to its length where it is too long.</summary>
    private ChatExample Fitted(
        Conversation conversation, string text, (int Id, int Start, int End)[] tokens, byte[] trained, IReadOnlyList<ChatTurn> turns, int straddling, RenderedChat? chat)
    {
        int kept = Math.Min(tokens.Length, Options.MaxLength ?? int.MaxValue), cut = tokens.Length - kept;
        bool keepsEnd = cut > 0 && Options.Truncation == TruncationMode.KeepEnd;
        int first = keepsEnd ? cut : 0;
        int before = trained.Skip(1).Sum(one => one), after = trained.Skip(first).Take(kept).Skip(1).Sum(one => one);
        string? dropped = !conversation.HasAnswer ? "it has no answer to train on"
            : before == 0 ? turns.Select(turn => turn.Problem).FirstOrDefault(problem => problem is not null) ?? "nothing in it is to be trained"
            : cut > 0 && Options.Truncation == TruncationMode.Drop ? FormattableString.Invariant($"it has {tokens.Length} tokens, more than {kept}")
            : after == 0 ? FormattableString.Invariant($"all its {before} trained tokens lie {(keepsEnd ? "before the last" : "beyond the first")} {kept} of {tokens.Length}")
            : null;
        return new ChatExample(conversation, text, tokens[first..(first + kept)], trained[first..(first + kept)], turns)
        {
            CutTokens = cut,
            IsCutAtStart = keepsEnd,
            StraddlingTokens = straddling,
            SpecialTokensInContent = chat is null ? 0 : SpecialInContent(chat, tokens),
            DroppedBecause = dropped,
        };
    }

    private int SpecialInContent(RenderedChat chat, (int Id, int Start, int End)[] tokens)
    {
        int count = 0, origin = 0;
        foreach ((int id, int start, int end) in tokens)
        {
            if (end == start || !Tokenizer.IsSpecial(id))
                continue;
            while (chat.Origins[origin].Start + chat.Origins[origin].Length <= start)
                origin++;
            if (chat.Origins[origin].Message >= 0)
                count++;
        }
        return count;
    }

    private Conversation WithSystem(Conversation conversation)
        => Options.SystemPrompt is null || conversation.Messages is [{ Role: MessageRoles.System or MessageRoles.Developer }, ..]
            ? conversation
            : conversation with { Messages = [new Message(MessageRoles.System, Options.SystemPrompt), .. conversation.Messages] };

    private ChatRenderer RendererFor(Conversation conversation) => _renderer ?? throw new DatasetException(conversation.File, conversation.Line, 0,
        NoTemplate + ": neither chat_template.jinja nor chat_template in tokenizer_config.json. Add one, or name a template file.", number: conversation.Number);

    private static DatasetException Refused(Conversation conversation, ChatTemplateException error)
        => new(conversation.File, conversation.Line, 0, $"is refused by the chat template: {error.Message}", error, conversation.Number);
}
