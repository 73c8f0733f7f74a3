using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Cerise.Studio.Chat;
using Cerise.Studio.Clients;
using Cerise.Studio.Endpoints;
using Cerise.Studio.Json;
using Microsoft.Extensions.AI;

namespace Cerise.Studio;

/// <summary>A local model as <see cref="IChatClient"/>, in this process: what the server answers over HTTP, without HTTP.</summary>
/// <remarks>
/// Takes system, user, assistant and tool messages of text; functions declared as tools, which whoever wraps the client calls; response formats; stop sequences,
/// seed, limits and penalties. <see cref="ChatOptions.AdditionalProperties"/> become variables of the chat template, such as <c>enable_thinking</c>. Reasoning
/// comes as <see cref="TextReasoningContent"/>, unless <see cref="ReasoningOptions.Output"/> is none. Another model's name and conversations kept by a
/// service are refused; background responses and raw representations, which a client may pass over, are passed over. Safe for use from many threads at once. The engine stays its owner's: disposing the client does nothing.
/// </remarks>
public sealed class EngineChatClient : IChatClient
{
    private readonly ServedModel _model;
    private readonly ChatPipeline _pipeline;
    private readonly TimeProvider _time;
    private readonly ChatClientMetadata _metadata;
    private long _answers;

    /// <param name="model">What answers.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public EngineChatClient(ServedModel model, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        _time = time ?? TimeProvider.System;
        _pipeline = new ChatPipeline(model, _time);
        _metadata = new ChatClientMetadata("cerise", null, model.Name);
    }

    /// <summary>Counts the tokens of the prompt that a conversation becomes.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="options">How it is to be answered.</param>
    /// <exception cref="RequestException">The model cannot take it.</exception>
    public int CountTokens(IEnumerable<ChatMessage> messages, ChatOptions? options = null) => _pipeline.Prepare(ClientRequest.Of(messages, options, _model.Defaults)).PromptTokens;

    /// <summary>Answers a conversation.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="options">How to answer.</param>
    /// <param name="cancellationToken">Gives the request up.</param>
    /// <exception cref="RequestException">The request cannot be answered as it was asked.</exception>
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Answers a conversation piece by piece; a function call comes once its arguments are whole.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="options">How to answer.</param>
    /// <param name="cancellationToken">Gives the request up.</param>
    /// <exception cref="RequestException">The request cannot be answered as it was asked.</exception>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ModelsEndpoint.Check(options?.ModelId, _model);
        bool hidesReasoning = options?.Reasoning?.Output == ReasoningOutput.None;
        ChatAnswer answer = _pipeline.Prepare(ClientRequest.Of(messages, options, _model.Defaults));
        string id = $"{_model.Name}-{Interlocked.Increment(ref _answers)}";
        DateTimeOffset created = _time.GetUtcNow();
        (int Call, string Name, StringBuilder Arguments)? open = null;
        await foreach (ChatPiece piece in answer.Pieces(cancellationToken).ConfigureAwait(false))
        {
            List<AIContent> contents = [];
            foreach (AnswerDelta delta in piece.Deltas)
            {
                switch (delta.Kind)
                {
                    case AnswerDeltaKind.Content:
                        contents.Add(new TextContent(delta.Text));
                        break;
                    case AnswerDeltaKind.Reasoning:
                        if (!hidesReasoning)
                            contents.Add(new TextReasoningContent(delta.Text));
                        break;
                    case AnswerDeltaKind.CallBegins:
                        Close(contents);
                        open = (delta.Call, delta.Text, new StringBuilder());
                        break;
                    case AnswerDeltaKind.CallArguments:
                        open!.Value.Arguments.Append(delta.Text);
                        break;
                }
            }
            if (piece.Finish is not null)
            {
                Close(contents);
                contents.Add(new UsageContent(Usage(answer)));
            }
            if (contents.Count > 0)
            {
                yield return new ChatResponseUpdate(ChatRole.Assistant, contents)
                {
                    ResponseId = id,
                    MessageId = id,
                    ModelId = _model.Name,
                    CreatedAt = created,
                    FinishReason = piece.Finish switch
                    {
                        null => null,
                        ChatFinish.Length => ChatFinishReason.Length,
                        ChatFinish.ToolCalls => ChatFinishReason.ToolCalls,
                        _ => ChatFinishReason.Stop,
                    },
                };
            }
        }

        void Close(List<AIContent> contents)
        {
            if (open is not { } call)
                return;
            contents.Add(FunctionCallContent.CreateFromParsedArguments(
                call.Arguments.ToString(), answer.CallId(0, call.Call), call.Name, json => JsonSerializer.Deserialize<Dictionary<string, object?>>(json, WireJson.ClientOptions)));
            open = null;
        }
    }

    /// <summary>Finds what lies behind the client: its <see cref="ChatClientMetadata"/>, the <see cref="ServedModel"/>, or the client itself.</summary>
    /// <param name="serviceType">What is looked for.</param>
    /// <param name="serviceKey">Null; nothing has a key.</param>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null : Array.Find<object>([_metadata, _model, this], serviceType.IsInstanceOfType);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private static UsageDetails Usage(ChatAnswer answer) => new()
    {
        InputTokenCount = answer.PromptTokens,
        OutputTokenCount = answer.CompletionTokens,
        TotalTokenCount = answer.PromptTokens + answer.CompletionTokens,
        ReasoningTokenCount = answer.ReasoningTokens,
    };
}
