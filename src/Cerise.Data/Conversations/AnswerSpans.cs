using System.Text.Json.Nodes;

namespace Cerise.Data.Conversations;

/// <summary>
/// Finds which characters of a rendered conversation are trained: from the origins that the renderer gives, never by looking for markers.
/// </summary>
/// <remarks>
/// Where the template has <c>{% generation %}</c> blocks, exactly their characters. Elsewhere an answer begins after what the template appends to ask for it
/// at that place, and ends with the token that ends the turn: the first end-of-text token after what the message says, else the turn's last special token,
/// else a special token directly after the turn (templates without an end mark: the next speaker's is what the model has to stop with). White space after
/// that is not trained. What tokens end a turn is asked of the tokenizer.
/// </remarks>
internal sealed class AnswerSpans(ChatRenderer renderer, ITokenizer tokenizer, Conversation conversation, RenderedChat chat, (int Id, int Start, int End)[] tokens)
{
    /// <summary>The turns of the conversation, with what is trained of them.</summary>
    /// <param name="variables">What was rendered; its messages are cut away from the end.</param>
    public IReadOnlyList<ChatTurn> Find(JsonObject variables)
    {
        ChatTurn[] turns = [.. Runs()];
        JsonArray messages = variables["messages"]!.AsArray();
        for (int message = conversation.Messages.Count - 1; message >= 0; message--)
        {
            if (!conversation.Messages[message].IsTrained)
                continue;
            int turn = TurnOf(turns, message);
            if (turn < 0)
                continue;
            ChatTurn trained = turns[turn] with { IsTrained = true, Problem = Missing(turns[turn]), LosesThoughts = LosesThoughts(turns[turn]) };
            if (renderer.MarksTrained)
            {
                turns[turn] = Marked(trained);
                continue;
            }
            while (messages.Count > message)
                messages.RemoveAt(messages.Count - 1);
            turns[turn] = LastWord(trained) < 0 && conversation.Messages[message].HasContent ? trained
                : Answer(trained, GenerationPrompts.At(renderer, variables) ?? GenerationPrompts.Usual(renderer, conversation));
        }
        return [.. turns, .. Unwritten(turns)];
    }

    /// <summary>
    /// Runs of characters of the same turn. What the template writes outside the loop belongs to the message whose words are in it; an answer that it writes
    /// only there, as some do with the last, is a turn of its own from where the words before it end.
    /// </summary>
    private IEnumerable<ChatTurn> Runs()
    {
        HashSet<int> looped = [.. chat.Origins.Select(origin => origin.Turn)];
        for (int i = 0; i < chat.Origins.Count;)
        {
            TextOrigin first = chat.Origins[i];
            TextOrigin[] run = [.. chat.Origins.Skip(i).TakeWhile(origin => origin.Turn == first.Turn)];
            i += run.Length;
            int end = run[^1].Start + run[^1].Length;
            int said = run.Max(origin => origin.Message);
            string role = RoleOf(first.Turn >= 0 ? first.Turn : said);
            TextOrigin before = run.LastOrDefault(origin => origin.Message >= 0 && origin.Message != said);
            int start = before.Length > 0 ? before.Start + before.Length : first.Start;
            if (first.Turn >= 0 || role != MessageRoles.Assistant || looped.Contains(said) || run.First(origin => origin.Message == said).Start < start)
            {
                yield return new ChatTurn(first.Turn, role, first.Start, end);
                continue;
            }
            if (start > first.Start)
                yield return new ChatTurn(-1, RoleOf(before.Message), first.Start, start);
            yield return new ChatTurn(said, role, start, end);
        }
    }

    private string RoleOf(int message) => message >= 0 && message < conversation.Messages.Count ? conversation.Messages[message].Role : ChatTurn.Template;

    /// <summary>The run in which a message is written: the last with its own words, else the last.</summary>
    private int TurnOf(ChatTurn[] turns, int message)
    {
        int words = Array.FindLastIndex(turns, turn => turn.Message == message && LastWord(turn) > turn.Start);
        return words >= 0 ? words : Array.FindLastIndex(turns, turn => turn.Message == message);
    }

    private ChatTurn Marked(ChatTurn turn)
    {
        List<(int Start, int End)> spans = [];
        foreach (TextOrigin origin in Within(turn).Where(origin => origin.Generated))
            if (spans.Count > 0 && spans[^1].End == origin.Start)
                spans[^1] = (spans[^1].Start, origin.Start + origin.Length);
            else
                spans.Add((origin.Start, origin.Start + origin.Length));
        int last = spans.Count == 0 ? -1 : Array.FindLastIndex(tokens, token => token.Start >= spans[^1].Start && token.End <= spans[^1].End && !IsSpace(token));
        return turn with { Trained = spans, EndToken = last >= 0 && IsEnd(tokens[last].Id) ? tokens[last].Id : null };
    }

    private ChatTurn Answer(ChatTurn turn, string? prompt)
    {
        ReadOnlySpan<char> written = chat.Text.AsSpan(turn.Start, turn.End - turn.Start);
        int said = FirstWord(turn) - turn.Start;
        // Before the first turn a template may write more, such as its own system prompt: then the answer has to follow what is appended directly.
        int start = turn.Start + (prompt is null ? -1 : written.StartsWith(prompt) ? prompt.Length : written[..said].EndsWith(prompt) ? said : -1);
        bool begins = start >= turn.Start;
        if (!begins)
            start = AfterHeader(turn, turn.Start + written.CommonPrefixLength(prompt ?? ""));
        (int end, int? token) = End(turn, Math.Max(start, LastWord(turn)));
        return turn with { Trained = end > start ? [(start, end)] : [], EndToken = token, BeginsAsAtInference = begins };
    }

    /// <summary>
    /// Where an answer begins that does not follow what the template appends: at its first word, or, where the texts part before it, at the last break or
    /// special token before they do.
    /// </summary>
    private int AfterHeader(ChatTurn turn, int part)
    {
        if (FirstWord(turn) <= part)
            return FirstWord(turn);
        int start = turn.Start;
        for (int i = FirstAt(turn.Start); i < tokens.Length && tokens[i].End <= part; i++)
            if (IsEnd(tokens[i].Id) || chat.Text.AsSpan(0, tokens[i].End) is [.., var end] && char.IsWhiteSpace(end))
                start = tokens[i].End;
        return start;
    }

    /// <summary>Where an answer ends, and the token that ends it.</summary>
    private (int End, int? Token) End(ChatTurn turn, int words)
    {
        int first = FirstAt(words), last = -1;
        for (int i = first; i < tokens.Length && tokens[i].Start < turn.End; i++)
        {
            if (IsEnd(tokens[i].Id))
                last = i;
            if (tokens[i].Id == tokenizer.EosId)
                break;
        }
        int said = words + chat.Text.AsSpan(words, turn.End - words).TrimEnd().Length;
        if (last < 0)
        {
            int next = FirstAt(said);
            while (next < tokens.Length && IsSpace(tokens[next]))
                next++;
            if (next < tokens.Length && IsEnd(tokens[next].Id))
                last = next;
        }
        return last >= 0 ? (tokens[last].End, tokens[last].Id) : (said, null);
    }

    private bool IsEnd(int id) => id == tokenizer.EosId || tokenizer.IsSpecial(id);

    private bool IsSpace((int Id, int Start, int End) token) => chat.Text.AsSpan(token.Start, token.End - token.Start).IsWhiteSpace();

    /// <summary>The first token that begins at a character or after it.</summary>
    private int FirstAt(int character)
    {
        int low = 0, high = tokens.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (tokens[middle].Start < character)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    private IEnumerable<TextOrigin> Within(ChatTurn turn)
        => chat.Origins.Where(origin => origin.Start >= turn.Start && origin.Start < turn.End);

    private int LastWord(ChatTurn turn)
        => Within(turn).Where(origin => origin.Message == turn.Message).Select(origin => origin.Start + origin.Length).DefaultIfEmpty(-1).Last();

    private int FirstWord(ChatTurn turn)
        => Within(turn).Where(origin => origin.Message == turn.Message).Select(origin => origin.Start).DefaultIfEmpty(turn.End).First();

    /// <summary>What a message says and the template leaves out.</summary>
    private string? Missing(ChatTurn turn)
    {
        Message message = conversation.Messages[turn.Message];
        ReadOnlySpan<char> written = chat.Text.AsSpan(turn.Start, turn.End - turn.Start);
        foreach (ToolCall call in message.ToolCalls)
            if (!written.Contains(call.Name, StringComparison.Ordinal))
                return $"the template leaves out its call of '{call.Name}'";
        return LastWord(turn) < 0 && message.HasContent ? "the template writes nothing of what it says" : null;
    }

    private bool LosesThoughts(ChatTurn turn)
        => conversation.Messages[turn.Message].Reasoning?.Trim() is { Length: > 0 } thoughts && !chat.Text.AsSpan(turn.Start, turn.End - turn.Start).Contains(thoughts, StringComparison.Ordinal);

    private IEnumerable<ChatTurn> Unwritten(ChatTurn[] turns)
    {
        for (int message = 0; message < conversation.Messages.Count; message++)
            if (conversation.Messages[message].IsTrained && TurnOf(turns, message) < 0)
                yield return new ChatTurn(message, MessageRoles.Assistant, chat.Text.Length, chat.Text.Length)
                {
                    IsTrained = true,
                    Problem = "the template writes nothing of it, or writes it outside a loop over the messages",
                };
    }
}
