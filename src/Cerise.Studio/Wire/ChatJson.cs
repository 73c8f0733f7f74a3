using System.Text;
using System.Text.Json;
using Cerise.Data;
using Cerise.Data.Inference;
using Cerise.Studio.Chat;

namespace Cerise.Studio.Wire;

/// <summary>Writes answers as <c>/v1/chat/completions</c> gives them.</summary>
/// <param name="head">What all objects of one request have in common.</param>
/// <param name="tokenizer">Spells special tokens.</param>
/// <param name="logProbs">Whether log-probabilities are told.</param>
internal sealed class ChatJson(ResponseHead head, ITokenizer tokenizer, bool logProbs)
{
    /// <summary>Writes all answers of a request.</summary>
    public void WriteWhole(Utf8JsonWriter json, ChatAnswer answer, IReadOnlyList<ChatResult> results)
    {
        json.WriteStartObject();
        head.Write(json, "chat.completion");
        json.WriteStartArray("choices");
        for (int sample = 0; sample < results.Count; sample++)
        {
            json.WriteStartObject();
            json.WriteNumber("index", sample);
            WriteMessage(json, answer, sample, results[sample]);
            WriteLogProbs(json, results[sample].Tokens);
            json.WriteString("finish_reason", NameOf(results[sample].Finish));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        WriteUsage(json, answer);
        json.WriteEndObject();
    }

    /// <summary>Writes the chunk that begins an answer.</summary>
    public void WriteRole(Utf8JsonWriter json, int sample, bool includeUsage)
    {
        BeginChunk(json, sample);
        json.WriteString("role", "assistant");
        json.WriteString("content", "");
        EndChunk(json, [], null, includeUsage);
    }

    /// <summary>Writes the chunk of a piece of an answer; null for one that only ends it.</summary>
    public void WriteDelta(Utf8JsonWriter json, ChatAnswer answer, int sample, AnswerDelta? delta, IReadOnlyList<EngineToken> tokens, ChatFinish? finish, bool includeUsage)
    {
        BeginChunk(json, sample);
        if (delta is { } piece)
            WriteDelta(json, answer, sample, piece);
        EndChunk(json, tokens, finish, includeUsage);
    }

    /// <summary>Writes the chunk that ends a stream with the tokens used.</summary>
    public void WriteUsageChunk(Utf8JsonWriter json, ChatAnswer answer)
    {
        json.WriteStartObject();
        head.Write(json, "chat.completion.chunk");
        json.WriteStartArray("choices");
        json.WriteEndArray();
        WriteUsage(json, answer);
        json.WriteEndObject();
    }

    private static void WriteMessage(Utf8JsonWriter json, ChatAnswer answer, int sample, ChatResult result)
    {
        json.WriteStartObject("message");
        json.WriteString("role", "assistant");
        if (result.Content.Length == 0 && result.Calls.Count > 0)
            json.WriteNull("content");
        else
            json.WriteString("content", result.Content);
        json.WriteNull("refusal");
        if (result.Reasoning.Length > 0)
            json.WriteString("reasoning_content", result.Reasoning);
        if (result.Calls.Count > 0)
        {
            json.WriteStartArray("tool_calls");
            for (int call = 0; call < result.Calls.Count; call++)
            {
                json.WriteStartObject();
                json.WriteString("id", answer.CallId(sample, call));
                json.WriteString("type", "function");
                json.WriteStartObject("function");
                json.WriteString("name", result.Calls[call].Name);
                json.WriteString("arguments", result.Calls[call].Arguments);
                json.WriteEndObject();
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void WriteDelta(Utf8JsonWriter json, ChatAnswer answer, int sample, AnswerDelta delta)
    {
        if (delta.Kind is AnswerDeltaKind.Content or AnswerDeltaKind.Reasoning)
        {
            json.WriteString(delta.Kind == AnswerDeltaKind.Content ? "content" : "reasoning_content", delta.Text);
            return;
        }
        bool begins = delta.Kind == AnswerDeltaKind.CallBegins;
        json.WriteStartArray("tool_calls");
        json.WriteStartObject();
        json.WriteNumber("index", delta.Call);
        if (begins)
        {
            json.WriteString("id", answer.CallId(sample, delta.Call));
            json.WriteString("type", "function");
        }
        json.WriteStartObject("function");
        if (begins)
            json.WriteString("name", delta.Text);
        json.WriteString("arguments", begins ? "" : delta.Text);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private void BeginChunk(Utf8JsonWriter json, int sample)
    {
        json.WriteStartObject();
        head.Write(json, "chat.completion.chunk");
        json.WriteStartArray("choices");
        json.WriteStartObject();
        json.WriteNumber("index", sample);
        json.WriteStartObject("delta");
    }

    private void EndChunk(Utf8JsonWriter json, IReadOnlyList<EngineToken> tokens, ChatFinish? finish, bool includeUsage)
    {
        json.WriteEndObject();
        WriteLogProbs(json, tokens);
        if (finish is { } reason)
            json.WriteString("finish_reason", NameOf(reason));
        else
            json.WriteNull("finish_reason");
        json.WriteEndObject();
        json.WriteEndArray();
        if (includeUsage)
            json.WriteNull("usage");
        json.WriteEndObject();
    }

    private static void WriteUsage(Utf8JsonWriter json, ChatAnswer answer) =>
        ResponseHead.WriteUsage(json, answer.PromptTokens, answer.CompletionTokens, answer.ReasoningTokens);

    private void WriteLogProbs(Utf8JsonWriter json, IReadOnlyList<EngineToken> tokens)
    {
        if (!logProbs || tokens.Count == 0)
        {
            json.WriteNull("logprobs");
            return;
        }
        json.WriteStartObject("logprobs");
        json.WriteStartArray("content");
        foreach (EngineToken token in tokens)
        {
            json.WriteStartObject();
            WriteToken(json, TextOf(token.Id, token.Bytes.Span), token.Bytes.Span, token.ModelLogProb ?? token.LogProb);
            json.WriteStartArray("top_logprobs");
            foreach (TokenLogProb other in token.TopLogProbs)
            {
                json.WriteStartObject();
                WriteToken(json, TextOf(other.Id, other.Bytes.Span), other.Bytes.Span, other.LogProb);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteNull("refusal");
        json.WriteEndObject();
    }

    private static void WriteToken(Utf8JsonWriter json, string text, ReadOnlySpan<byte> bytes, float logProb)
    {
        json.WriteString("token", text);
        json.WriteNumber("logprob", LogProbs.Finite(logProb));
        if (bytes.IsEmpty)
        {
            json.WriteNull("bytes");
            return;
        }
        json.WriteStartArray("bytes");
        foreach (byte value in bytes)
            json.WriteNumberValue(value);
        json.WriteEndArray();
    }

    private string TextOf(int id, ReadOnlySpan<byte> bytes) => bytes.IsEmpty ? tokenizer.IdToToken(id) ?? "" : Encoding.UTF8.GetString(bytes);

    private static string NameOf(ChatFinish finish) => finish switch
    {
        ChatFinish.Length => "length",
        ChatFinish.ToolCalls => "tool_calls",
        _ => "stop",
    };
}
