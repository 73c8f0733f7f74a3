namespace Cerise.Data.Conversations;

/// <summary>The pre-flight of conversations: looks at rows as they pass, and says what would ruin the training.</summary>
/// <param name="chat">What made the rows' tokens.</param>
/// <param name="vocabSize">Rows of the model's embedding; null where there is no model yet.</param>
/// <param name="stopIds">The tokens at which generation stops (<c>generation_config.json</c>); the tokenizer's end-of-text token when null.</param>
public sealed class ConversationChecks(ChatTokenizer chat, int? vocabSize = null, IReadOnlyCollection<int>? stopIds = null)
{
    private readonly Finding _bad = new(), _untrained = new(), _fallen = new(), _cut = new(), _unwritten = new(), _otherPrompt = new(), _otherHistory = new(),
        _endless = new(), _goesOn = new(), _doubledBegin = new(), _noBegin = new(), _straddling = new(), _special = new(), _beyond = new();

    private readonly NegativeExamples _negatives = new();
    private readonly IReadOnlyCollection<int> _stopIds = stopIds ?? (chat.Tokenizer.EosId is { } end ? [end] : []);
    private readonly bool _addsBegin = chat.Tokenizer.BosId is { } begin && chat.Tokenizer.BeginningIds.FirstOrDefault(-1) == begin;
    private readonly Finding _order = new(), _thoughtless = new(), _endsOtherwise = new(), _templateless = new();
    private long _rows, _used, _trained, _tokens;

    /// <summary>Whether bad rows are left out, which is worth a warning, rather than stop the run (<c>drop_bad_rows</c>). Default true.</summary>
    public bool BadRowsAreLeftOut { get; init; } = true;

    /// <summary>Looks at a row.</summary>
    public void Add(ChatRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        _rows++;
        if (row.Example is not { } example)
        {
            string reason = row.DroppedBecause ?? "";
            _bad.Add(row.Place, reason);
            if (reason.StartsWith(ChatTokenizer.NoTemplate, StringComparison.Ordinal))
                _templateless.Add(row.Place);
            return;
        }
        if (example.TrainedCount == 0)
            (example.Trained.Count > 0 && example.CutTokens > 0 && example.Turns.Any(turn => turn.Trained.Count > 0) ? _fallen : _untrained).Add(row.Place, row.DroppedBecause ?? "");
        foreach (ChatTurn turn in example.Turns.Where(turn => turn.Problem is not null))
            _unwritten.Add(row.Place, turn.Problem!);
        if (row.DroppedBecause is not null)
            return;
        _used++;
        _trained += example.TrainedCount;
        _tokens += example.Tokens.Count;
        if (example.CutTokens > 0)
            _cut.Add(row.Place);
        if (RoleOrder.Oddity(example.Conversation.Messages) is { } oddity)
            _order.Add(row.Place, oddity);
        LookAtTurns(row.Place, example);
        LookAtTokens(row.Place, example);
        _negatives.Add(row.Place, example.Conversation);
    }

    /// <summary>What was found, the whole list; each name once.</summary>
    public IReadOnlyList<ConversationCheck> Results() =>
    [
        _templateless.Count > 0
            ? Failed("chat template", $"there is none, and {_templateless.Count} rows need one", _templateless,
                "Put chat_template.jinja beside tokenizer.json, or name a template.")
            : Passed("chat template", chat.Template?.Name ?? "none, and none is needed"),
        TrainedTokens(),
        _bad.Count > 0
            ? BadRows()
            : Passed("bad rows", "none"),
        _fallen.Count + _cut.Count > 0
            ? Warning("length", $"{_cut.Count} rows are cut to {chat.Options.MaxLength} tokens and lose their {(chat.Options.Truncation == TruncationMode.KeepEnd ? "start" : "end")}; of {_fallen.Count} nothing trained is left and they are dropped",
                _fallen.Count > 0 ? _fallen : _cut, "Raise max_length, or shorten the rows.")
            : Passed("length", "no row is cut"),
        _unwritten.Count > 0
            ? Failed("rendered answers", $"{_unwritten.Count} answers do not come out of the template as they are; the first: {_unwritten.First}", _unwritten,
                "Use a template that writes them, or exclude the messages (\"train\": false).")
            : Passed("rendered answers", "the template writes every answer"),
        _thoughtless.Count > 0
            ? Warning("thoughts", $"of {_thoughtless.Count} answers the template leaves out the thoughts, so they are not trained", _thoughtless,
                "Use a template that writes reasoning_content; one that leaves it out of the history only wants a row for each answer.")
            : Passed("thoughts", "the template writes all there are"),
        _order.Count > 0
            ? Warning("order of roles", $"{_order.Count} rows have turns in another order than system, user, assistant, user, assistant; the first: {_order.First}", _order,
                "Is a turn missing, or were turns split? What is asked at inference comes in the usual order.")
            : Passed("order of roles", "questions and answers take turns"),
        GenerationPrompt(),
        EndToken(),
        BeginToken(),
        _straddling.Count > 0
            ? Warning("token borders", $"{_straddling.Count} tokens lie across the border of what is trained, so that the tokens of training and inference differ there", _straddling,
                "End the template's generation prompt where a token ends: with a line break or a special token.")
            : Passed("token borders", "every border falls between two tokens"),
        _special.Count > 0
            ? Warning("special tokens in messages", $"{_special.Count} special tokens come out of what messages say", _special,
                "Remove them from the data, unless the model is to read them as such.")
            : Passed("special tokens in messages", "none"),
        Vocabulary(),
        _negatives.Result(),
    ];

    private void LookAtTurns(string place, ChatExample example)
    {
        int begin = example.IsCutAtStart ? example.Tokens[0].Start : 0;
        int end = example.CutTokens > 0 && !example.IsCutAtStart ? example.Tokens[^1].End : int.MaxValue;
        ChatTurn[] trained = [.. example.Turns.Where(turn => turn.Trained.Count > 0 && turn.Trained[^1].End > begin)];
        for (int i = 0; i < trained.Length; i++)
        {
            if (trained[i].LosesThoughts)
                _thoughtless.Add(place);
            if (!trained[i].BeginsAsAtInference)
                (i == trained.Length - 1 ? _otherPrompt : _otherHistory).Add(place);
            if (trained[i].Trained[^1].End > end)
                continue;
            if (trained[i].EndToken is not { } token)
                _endless.Add(place);
            else if (!_stopIds.Contains(token))
                (i == trained.Length - 1 ? _goesOn : _endsOtherwise).Add(place, chat.Tokenizer.IdToToken(token) ?? "");
        }
    }

    private void LookAtTokens(string place, ChatExample example)
    {
        if (example.StraddlingTokens > 0)
            _straddling.Add(place, times: example.StraddlingTokens);
        if (example.SpecialTokensInContent > 0)
            _special.Add(place, times: example.SpecialTokensInContent);
        int begin = chat.Tokenizer.BosId ?? -1, first = example.Tokens[0].Id;
        if (begin >= 0 && first == begin && example.Tokens.Count > 1 && example.Tokens[1].Id == begin)
            _doubledBegin.Add(place);
        if (_addsBegin && first != begin && !example.IsCutAtStart)
            _noBegin.Add(place);
        if (vocabSize is { } size && example.Tokens.Any(token => token.Id >= size))
            _beyond.Add(place);
    }

    private ConversationCheck BadRows()
    {
        string first = $"the first: {_bad.First.TrimEnd('.')}";
        return BadRowsAreLeftOut
            ? Warning("bad rows", $"{_bad.Count} of {_rows} rows are left out; {first}", _bad, "Correct or remove them; without drop_bad_rows a run stops at the first.")
            : Failed("bad rows", $"{_bad.Count} of {_rows} rows are bad; {first}", _bad, "Correct or remove them, or set drop_bad_rows: true to leave them out.");
    }

    private ConversationCheck TrainedTokens()
    {
        if (_untrained.Count > 0)
        {
            return Failed("trained tokens", $"{_untrained.Count} of {_rows} rows have no trained token; the first: {_untrained.First}", _untrained,
                "Remove them: they cost time and teach nothing. ./cerise inspect shows what is trained.");
        }
        return _used == 0
            ? Failed("trained tokens", "no row is left to train on", _fallen.Count > 0 ? _fallen : _bad, "Look at the reasons with ./cerise inspect.")
            : Passed("trained tokens", FormattableString.Invariant($"{_used} rows, {_trained} of {_tokens} tokens trained ({100.0 * _trained / _tokens:F1} %)"));
    }

    private ConversationCheck GenerationPrompt()
    {
        const string name = "generation prompt", fix = "Use the template's training form (one that writes in an answer's turn what it appends to ask for it)";
        if (_otherPrompt.Count > 0)
        {
            return Failed(name, $"in {_otherPrompt.Count} rows the last trained answer does not begin with what the template appends to ask for an answer", _otherPrompt,
                $"{fix}, or set the variables, such as enable_thinking, under which it does.");
        }
        return _otherHistory.Count > 0
            ? Warning(name, $"{_otherHistory.Count} answers within conversations are rendered otherwise than they would begin at inference", _otherHistory,
                $"{fix}, or train the last answer of a row only (\"train\": false on earlier ones).")
            : Passed(name, "every trained answer begins as at inference");
    }

    private ConversationCheck EndToken()
    {
        const string name = "end token";
        if (_endless.Count > 0)
        {
            return Failed(name, $"{_endless.Count} trained answers end without a special token, so the model would not learn to stop", _endless,
                "Let the template write an end token after the answer that the tokenizer knows as special.");
        }
        if (_goesOn.Count > 0)
        {
            return Failed(name, $"{_goesOn.Count} last answers end with {_goesOn.First}, at which generation does not stop, so the model would not know how to end", _goesOn,
                $"Set eos_token: '{_goesOn.First}', or name the token in eos_token_id of generation_config.json.");
        }
        return _endsOtherwise.Count > 0
            ? Warning(name, $"{_endsOtherwise.Count} answers within conversations end with {_endsOtherwise.First}, at which generation does not stop", _endsOtherwise,
                "Name it in eos_token_id of generation_config.json, unless the template means it so.")
            : Passed(name, "every trained answer ends with a token at which generation stops");
    }

    private ConversationCheck BeginToken()
    {
        const string name = "begin token";
        string begin = chat.Tokenizer.BosId is { } id ? chat.Tokenizer.IdToToken(id) ?? "" : "";
        if (_doubledBegin.Count > 0)
            return Failed(name, $"{_doubledBegin.Count} rows begin with {begin} twice", _doubledBegin, "Remove it from the data or from the template: the model has never seen two.");
        return _noBegin.Count > 0
            ? Warning(name, $"{_noBegin.Count} rows begin without {begin}, which the tokenizer puts before every other text", _noBegin, "Begin the template with {{ bos_token }}.")
            : Passed(name, "as the model knows it");
    }

    private ConversationCheck Vocabulary()
    {
        const string name = "vocabulary", fix = "Do tokenizer and weights belong together? Use the tokenizer of the model, or resize its embedding.";
        if (vocabSize is not { } size)
            return Passed(name, "no model to compare with");
        return _beyond.Count > 0 || !VocabularyFit.Of(chat.Tokenizer, size)
            ? Failed(name, $"the tokenizer has the ids 0 to {chat.Tokenizer.VocabSize - 1}, the weights rows for 0 to {size - 1}; {_beyond.Count} rows use ids beyond them", _beyond, fix)
            : Passed(name, $"{chat.Tokenizer.VocabSize} ids, {size} rows of weights");
    }

    private static ConversationCheck Passed(string name, string detail) => new(name, CheckVerdict.Passed, detail, [], "");

    private static ConversationCheck Warning(string name, string detail, Finding finding, string fix) => new(name, CheckVerdict.Warning, detail, finding.Places, fix);

    private static ConversationCheck Failed(string name, string detail, Finding finding, string fix) => new(name, CheckVerdict.Failed, detail, finding.Places, fix);
}
