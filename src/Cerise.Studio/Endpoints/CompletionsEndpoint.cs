using System.Runtime.CompilerServices;
using Cerise.Data.Inference;
using Cerise.Studio.Chat;
using Cerise.Studio.Hosting;
using Cerise.Studio.Wire;
using Microsoft.AspNetCore.Http;

namespace Cerise.Studio.Endpoints;

/// <summary><c>POST /v1/completions</c>: goes on with texts, whole or as a stream.</summary>
/// <param name="model">What completes.</param>
/// <param name="options">Limits and clock.</param>
/// <param name="metrics">Counts tokens and times.</param>
internal sealed class CompletionsEndpoint(ServedModel model, ServerOptions options, ServerMetrics metrics) : IEndpoint
{
    /// <inheritdoc/>
    public string Method => HttpMethods.Post;

    /// <inheritdoc/>
    public string Path => "/v1/completions";

    /// <inheritdoc/>
    public async Task Answer(HttpContext context, CancellationToken cancellation)
    {
        AnswerTimes times = new(metrics, options.Time);
        var fields = CompletionFields.Read(await RequestBody.Read(context.Request, cancellation).ConfigureAwait(false), model.Defaults);
        ModelsEndpoint.Check(fields.Model, model);
        int[][] prompts = [.. fields.Prompts.Select(IdsOf)];
        CompletionChoice.Maker[] makers = [.. Enumerable.Range(0, prompts.Length * fields.Samples).Select(index => new CompletionChoice.Maker(index))];
        var json = new CompletionJson(ResponseHead.New("cmpl-", model, options.Time), model.Tokenizer, fields.LogProbs is not null);
        IAsyncEnumerable<CompletionChoice> pieces = Merged.Of([.. prompts.Select((ids, prompt) => Complete(fields, ids, prompt, makers, cancellation))], cancellation);
        int promptTokens = prompts.Sum(ids => ids.Length);
        try
        {
            if (fields.Stream)
                await Stream(context.Response, fields, json, pieces, times, () => (promptTokens, makers.Sum(maker => maker.Count)), cancellation).ConfigureAwait(false);
            else
            {
                List<CompletionChoice>[] choices = [.. makers.Select(_ => new List<CompletionChoice>())];
                await foreach (CompletionChoice piece in pieces.ConfigureAwait(false))
                {
                    times.Came();
                    choices[piece.Index].Add(piece);
                }
                await JsonResponse.Send(
                    context.Response, StatusCodes.Status200OK,
                    writer => json.Write(writer, choices.Select(CompletionChoice.Join), (promptTokens, makers.Sum(maker => maker.Count))),
                    cancellation).ConfigureAwait(false);
            }
        }
        finally
        {
            times.End(promptTokens, makers.Sum(maker => maker.Count), makers.Length);
        }
    }

    private static async Task Stream(
        HttpResponse response, CompletionFields fields, CompletionJson json, IAsyncEnumerable<CompletionChoice> pieces, AnswerTimes times, Func<(int, int)> usage,
        CancellationToken cancellation)
    {
        using var events = new EventStream(response);
        await events.SendAll(pieces, together =>
        {
            times.Came();
            foreach (CompletionChoice piece in together.GroupBy(piece => piece.Index).Select(CompletionChoice.Join))
                if (!piece.IsEmpty)
                    events.Add(writer => json.Write(writer, [piece], null, fields.IncludeUsage));
        }, cancellation).ConfigureAwait(false);
        if (fields.IncludeUsage)
            events.Add(writer => json.Write(writer, [], usage()));
        events.AddDone();
        await events.Flush(cancellation).ConfigureAwait(false);
    }

    private async IAsyncEnumerable<CompletionChoice> Complete(
        CompletionFields fields, int[] ids, int prompt, CompletionChoice.Maker[] makers, [EnumeratorCancellation] CancellationToken cancellation)
    {
        int first = prompt * fields.Samples;
        string? echo = !fields.Echo ? null : fields.Prompts[prompt].Text ?? model.Tokenizer.Decode(ids);
        for (int sample = 0; sample < fields.Samples && (echo is not null || fields.MaxTokens == 0); sample++)
            yield return new CompletionChoice(first + sample, echo ?? "", [], 0, fields.MaxTokens == 0 ? EngineFinish.Length : null);
        if (fields.MaxTokens == 0)
            yield break;
        EngineRequest request = new()
        {
            PromptIds = ids,
            Samples = fields.Samples,
            // Prompts that are equal are to have answers of their own, as samples of one have.
            Sampling = fields.Sampling with { Seed = fields.Sampling.Seed + prompt },
            SkipSpecialTokens = fields.SkipSpecialTokens,
            Timeout = options.RequestTimeout,
        };
        await foreach (EngineToken token in EngineTokens.Of(model.Engine, request, "prompt", cancellation).ConfigureAwait(false))
            yield return makers[first + token.Sample].Take(token);
    }

    // A text that is empty begins as the model's own texts do.
    private int[] IdsOf(CompletionPrompt prompt)
    {
        int[] ids = prompt.Ids is { } given ? [.. given] : model.Engine.Tokenize(prompt.Text!, beginsText: true);
        if (Array.Find(ids, id => id >= model.Tokenizer.VocabSize) is var unknown and > 0)
            throw RequestException.Invalid("prompt", $"prompt holds the token id {unknown}; ids go from 0 to {model.Tokenizer.VocabSize - 1}.");
        if (ids.Length > 0)
            return ids;
        return (model.Tokenizer.BosId ?? model.Tokenizer.EosId) is { } begin
            ? [begin]
            : throw RequestException.Invalid("prompt", "prompt has no tokens, and the model has none that begins a text; give at least one character.");
    }
}
