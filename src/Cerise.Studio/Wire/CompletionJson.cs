using System.Text;
using System.Text.Json;
using Cerise.Data;
using Cerise.Data.Inference;

namespace Cerise.Studio.Wire;

/// <summary>Writes completions as <c>/v1/completions</c> gives them.</summary>
/// <param name="head">What all objects of one request have in common.</param>
/// <param name="tokenizer">Spells special tokens.</param>
/// <param name="logProbs">Whether log-probabilities are told.</param>
internal sealed class CompletionJson(ResponseHead head, ITokenizer tokenizer, bool logProbs)
{
    /// <summary>Writes choices, as a whole response or as a chunk of a stream.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="choices">They.</param>
    /// <param name="usage">Tokens used; null for none.</param>
    /// <param name="nullUsage">Whether usage is written as null where there is none.</param>
    public void Write(Utf8JsonWriter json, IEnumerable<CompletionChoice> choices, (int Prompt, int Completion)? usage, bool nullUsage = false)
    {
        json.WriteStartObject();
        head.Write(json, "text_completion");
        json.WriteStartArray("choices");
        foreach (CompletionChoice choice in choices)
        {
            json.WriteStartObject();
            json.WriteNumber("index", choice.Index);
            json.WriteString("text", choice.Text);
            WriteLogProbs(json, choice);
            json.WriteString("finish_reason", choice.Finish switch { null => null, EngineFinish.Length => "length", _ => "stop" });
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (usage is { } used)
            ResponseHead.WriteUsage(json, used.Prompt, used.Completion, null);
        else if (nullUsage)
            json.WriteNull("usage");
        json.WriteEndObject();
    }

    private void WriteLogProbs(Utf8JsonWriter json, CompletionChoice choice)
    {
        if (!logProbs)
        {
            json.WriteNull("logprobs");
            return;
        }
        json.WriteStartObject("logprobs");
        json.WriteStartArray("tokens");
        foreach (EngineToken token in choice.Tokens)
            json.WriteStringValue(TextOf(token.Id, token.Bytes.Span));
        json.WriteEndArray();
        json.WriteStartArray("token_logprobs");
        foreach (EngineToken token in choice.Tokens)
            json.WriteNumberValue(LogProbs.Finite(token.ModelLogProb ?? token.LogProb));
        json.WriteEndArray();
        json.WriteStartArray("top_logprobs");
        foreach (EngineToken token in choice.Tokens)
        {
            json.WriteStartObject();
            HashSet<string> written = [];
            foreach (TokenLogProb other in token.TopLogProbs)
                if (TextOf(other.Id, other.Bytes.Span) is var text && written.Add(text))
                    json.WriteNumber(text, LogProbs.Finite(other.LogProb));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("text_offset");
        long offset = choice.TextOffset;
        foreach (EngineToken token in choice.Tokens)
        {
            json.WriteNumberValue(offset);
            offset += CodePoints(token);
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Characters that begin in a token, as other languages count them: code points.</summary>
    public static int CodePoints(EngineToken token)
    {
        int count = 0;
        foreach (byte value in token.Bytes.Span)
            count += (value & 0xC0) != 0x80 ? 1 : 0;
        return count;
    }

    // A token that is no whole text is told by its bytes, since tokens are keys here and must differ.
    private string TextOf(int id, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return tokenizer.IdToToken(id) ?? "";
        return System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : "bytes:\\x" + string.Join("\\x", Convert.ToHexStringLower(bytes).Chunk(2).Select(pair => new string(pair)));
    }
}
