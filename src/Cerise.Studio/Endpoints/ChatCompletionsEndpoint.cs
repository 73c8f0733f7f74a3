using Cerise.Studio.Chat;
using Cerise.Studio.Hosting;
using Cerise.Studio.Wire;
using Microsoft.AspNetCore.Http;

namespace Cerise.Studio.Endpoints;

/// <summary><c>POST /v1/chat/completions</c>: answers conversations, whole or as a stream.</summary>
/// <param name="model">What answers.</param>
/// <param name="options">Limits and clock.</param>
/// <param name="metrics">Counts tokens and times.</param>
internal sealed class ChatCompletionsEndpoint(ServedModel model, ServerOptions options, ServerMetrics metrics) : IEndpoint
{
    private readonly ChatPipeline _pipeline = new(model, options.Time);

    /// <inheritdoc/>
    public string Method => HttpMethods.Post;

    /// <inheritdoc/>
    public string Path => "/v1/chat/completions";

    /// <inheritdoc/>
    public async Task Answer(HttpContext context, CancellationToken cancellation)
    {
        AnswerTimes times = new(metrics, options.Time);
        var fields = ChatFields.Read(await RequestBody.Read(context.Request, cancellation).ConfigureAwait(false), model.Defaults);
        ModelsEndpoint.Check(fields.Model, model);
        ChatRequest request = fields.Chat with { Timeout = options.RequestTimeout };
        ChatAnswer answer = _pipeline.Prepare(request);
        var json = new ChatJson(ResponseHead.New("chatcmpl-", model, options.Time), model.Tokenizer, fields.LogProbs);
        try
        {
            if (fields.Stream)
                await Stream(context.Response, answer, json, fields, times, cancellation).ConfigureAwait(false);
            else
            {
                ChatResult[] results = await ChatResult.Collect(answer, request.Samples, _ => times.Came(), cancellation).ConfigureAwait(false);
                await JsonResponse.Send(context.Response, StatusCodes.Status200OK, writer => json.WriteWhole(writer, answer, results), cancellation).ConfigureAwait(false);
            }
        }
        finally
        {
            times.End(answer.PromptTokens, answer.CompletionTokens, request.Samples);
        }
    }

    private static async Task Stream(
        HttpResponse response, ChatAnswer answer, ChatJson json, ChatFields fields, AnswerTimes times, CancellationToken cancellation)
    {
        using var events = new EventStream(response);
        bool[] begun = new bool[fields.Chat.Samples];
        await events.SendAll(answer.Pieces(cancellation), together =>
        {
            times.Came();
            foreach (ChatPiece piece in together.GroupBy(piece => piece.Sample).Select(ChatPiece.Join))
            {
                if (!begun[piece.Sample])
                    events.Add(writer => json.WriteRole(writer, piece.Sample, fields.IncludeUsage));
                begun[piece.Sample] = true;
                AddPiece(events, answer, json, fields, piece);
            }
        }, cancellation).ConfigureAwait(false);
        if (fields.IncludeUsage)
            events.Add(writer => json.WriteUsageChunk(writer, answer));
        events.AddDone();
        await events.Flush(cancellation).ConfigureAwait(false);
    }

    // A chunk a delta; the tokens go with the first. The chunk that ends an answer is one of its own, as clients expect it.
    private static void AddPiece(EventStream events, ChatAnswer answer, ChatJson json, ChatFields fields, ChatPiece piece)
    {
        bool tokensLeft = fields.LogProbs && piece.Tokens.Count > 0;
        foreach (AnswerDelta delta in piece.Deltas)
        {
            bool withTokens = tokensLeft;
            events.Add(writer => json.WriteDelta(writer, answer, piece.Sample, delta, withTokens ? piece.Tokens : [], null, fields.IncludeUsage));
            tokensLeft = false;
        }
        if (tokensLeft || piece.Finish is not null)
            events.Add(writer => json.WriteDelta(writer, answer, piece.Sample, null, tokensLeft ? piece.Tokens : [], piece.Finish, fields.IncludeUsage));
    }
}
