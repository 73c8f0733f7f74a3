using System.Runtime.CompilerServices;
using Cerise.Data.Grammars;
using Cerise.Data.Inference;
using Cerise.Studio.Chat.ToolCalls;

namespace Cerise.Studio.Chat;

/// <summary>From a conversation to its answer: the one way that HTTP, code in this process and the terminal share.</summary>
/// <param name="model">What answers.</param>
/// <param name="time">For limits of time.</param>
internal sealed class ChatPipeline(ServedModel model, TimeProvider time)
{
    private readonly ChatFormat _format = model.Format;
    private readonly GrammarCache _grammars = new();

    /// <summary>Writes the prompt and checks that it can be answered. Sampling begins with the enumeration of the pieces.</summary>
    /// <exception cref="RequestException">It cannot.</exception>
    public ChatAnswer Prepare(ChatRequest request)
    {
        bool readsCalls = request.Tools.Count > 0 && request.ToolChoice.Kind != ToolChoiceKind.None;
        if (readsCalls && _format.ToolCalls is null)
            throw new RequestException(422, "this model's chat template has no place for tools.", "tools");
        ForcedCall? forced = request.ToolChoice.IsForced ? Force(request) : null;
        Grammar? grammar = GrammarOf(request, forced);
        string prompt = _format.Render(request);
        bool thinks = prompt.AsSpan().TrimEnd().EndsWith(_format.Reasoning.Open, StringComparison.Ordinal);
        string prefix = forced?.Prefix ?? "";
        AnswerSample[] samples = [.. Enumerable.Range(0, request.Samples).Select(NewSample)];
        CallIds ids = new(prompt, request.Sampling.Seed, _format.ToolCalls?.IdLength);
        int[] promptIds = model.Engine.Tokenize(grammar is null || thinks ? prompt : prompt + prefix, _format.BeginsText);
        EngineRequest engineRequest = new()
        {
            PromptIds = promptIds,
            Samples = request.Samples,
            Sampling = request.Sampling with { StopStrings = [.. request.Sampling.StopStrings, .. _format.StopStrings] },
            Grammar = thinks ? null : grammar,
            SkipSpecialTokens = !(readsCalls && _format.ToolCalls!.NeedsSpecialTokens),
            Timeout = request.Timeout,
        };
        return new ChatAnswer(
            promptIds.Length,
            samples,
            cancellation => thinks && grammar is not null
                ? Merged.Of([.. samples.Select((sample, index) => ThinkFirst(sample, index, engineRequest, grammar, prefix, cancellation))], cancellation)
                : Answer(samples, engineRequest, cancellation),
            ids.Of);

        AnswerSample NewSample(int index)
        {
            var reader = new AnswerReader(_format.Reasoning, readsCalls && (request.AnswerSchema is null || forced is not null) ? _format.ToolCalls : null);
            if (thinks)
                reader.BeginReasoning();
            else if (grammar is not null)
                BeginHeld(reader, prefix);
            else if (_format.AnswersBeginWithSpace)
                reader.SkipSpace();
            return new AnswerSample(index, reader, request.ParallelToolCalls);
        }
    }

    private static void BeginHeld(AnswerReader reader, string prefix)
    {
        reader.BeginContent();
        reader.Append(prefix, []);
    }

    private ForcedCall Force(ChatRequest request)
    {
        IReadOnlyList<ToolDeclaration> tools = request.ToolChoice.Name is { } name ? [.. request.Tools.Where(tool => tool.Name == name)] : request.Tools;
        return _format.ToolCalls!.Force(tools, request.ParallelToolCalls && request.ToolChoice.Kind == ToolChoiceKind.Required);
    }

    private async IAsyncEnumerable<ChatPiece> Answer(
        AnswerSample[] samples, EngineRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (EngineToken token in EngineTokens.Of(model.Engine, request, "messages", cancellation).ConfigureAwait(false))
            if (samples[token.Sample].Take(token) is { } piece)
                yield return piece;
    }

    // Reasoning is free; only what follows it is held to the grammar. So the engine is asked twice, the second time with the reasoning as part of the prompt.
    private async IAsyncEnumerable<ChatPiece> ThinkFirst(
        AnswerSample sample, int index, EngineRequest request, Grammar grammar, string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        long began = time.GetTimestamp();
        string close = _format.Reasoning.Close;
        SamplingSettings sampling = request.Sampling with { Seed = request.Sampling.Seed + index };
        List<int> ids = [.. request.PromptIds!];
        bool goesOn = false;
        EngineRequest first = request with { Samples = 1, Sampling = sampling with { StopStrings = [.. sampling.StopStrings, close] } };
        await foreach (EngineToken token in EngineTokens.Of(model.Engine, first, "messages", cancellation).ConfigureAwait(false))
        {
            ids.Add(token.Id);
            goesOn = token.StopString == close;
            if (sample.Take(token, goesOn, goesOn ? close : "") is { } piece)
                yield return piece;
        }
        if (!goesOn)
            yield break;
        ids.AddRange(model.Engine.Tokenize("\n\n" + prefix));
        int? left = sampling.MaxNewTokens - sample.Tokens;
        if (left <= 0 || ids.Count >= model.Engine.ContextLength)
        {
            yield return sample.End();
            yield break;
        }
        BeginHeld(sample.Reader, prefix);
        EngineRequest second = request with
        {
            Samples = 1,
            PromptIds = ids,
            Sampling = sampling with { MaxNewTokens = left },
            Grammar = grammar,
            Timeout = request.Timeout - time.GetElapsedTime(began),
        };
        await foreach (EngineToken token in EngineTokens.Of(model.Engine, second, "messages", cancellation).ConfigureAwait(false))
            if (sample.Take(token) is { } piece)
                yield return piece;
    }

    private Grammar? GrammarOf(ChatRequest request, ForcedCall? forced)
    {
        if ((forced?.Schema ?? request.AnswerSchema) is not { } schema)
            return null;
        try
        {
            return _grammars.Of(schema);
        }
        catch (GrammarException fault)
        {
            throw new RequestException(400, $"the schema cannot be kept to: {fault.Message}", forced is null ? "response_format" : "tools", "invalid_schema", fault);
        }
    }
}
