using System.Text;
using Cerise.Data;
using Cerise.Data.Inference;
using Cerise.Models.Generation;

namespace Cerise.Training.Inference;

/// <summary>The text of one completion, token by token.</summary>
/// <param name="tokenizer">The model's.</param>
/// <param name="stops">Stop strings, which are no part of the text.</param>
/// <param name="ends">Tokens that end a completion.</param>
/// <param name="skipSpecialTokens">Whether special tokens are left out.</param>
internal sealed class CompletionText(ITokenizer tokenizer, IReadOnlyList<string> stops, IReadOnlyList<int> ends, bool skipSpecialTokens)
{
    private readonly TextStream _stream = tokenizer.OpenTextStream(skipSpecialTokens);
    private readonly TextBeforeStop _before = new(stops);
    private int _count;

    /// <summary>The next token with the text that became certain.</summary>
    public EngineToken Next(in DrawnToken token)
    {
        bool isEnd = token.Finish == FinishReason.Stop && ends.Contains(token.Id);
        string text = isEnd ? "" : _before.Append(_stream.Append(token.Id));
        if (token.Finish is not null)
            text += End(token, isEnd);
        return new EngineToken
        {
            Sample = token.Sample,
            Index = _count++,
            Id = token.Id,
            Text = text,
            Bytes = tokenizer.TokenBytes(token.Id).ToArray(),
            LogProb = token.LogProb,
            ModelLogProb = token.Likeliest?.Drawn,
            TopLogProbs = token.Likeliest is { } likeliest ? [.. likeliest.Ids.Zip(likeliest.LogProbs, Told)] : [],
            FinishReason = token.Finish switch
            {
                FinishReason.Stop => EngineFinish.Stop,
                FinishReason.Length => EngineFinish.Length,
                _ => null,
            },
            StopString = token.Finish is null ? null : _before.Found,
            IsEnd = isEnd,
        };
    }

    private string End(in DrawnToken token, bool isEnd)
    {
        string text = _before.Append(_stream.Flush());
        // A stop string may be what a special token is written as, which is no part of the text.
        if (token.Finish == FinishReason.Stop && !isEnd && _before.Found is null && skipSpecialTokens && tokenizer.IsSpecial(token.Id))
        {
            string held = _before.Flush();
            string before = _before.Append(held + tokenizer.IdToToken(token.Id));
            return text + (_before.Found is null ? held : before);
        }
        return text + _before.Flush();
    }

    private TokenLogProb Told(int id, float logProb)
    {
        byte[] bytes = tokenizer.TokenBytes(id).ToArray();
        return new TokenLogProb(id, tokenizer.IsSpecial(id) ? tokenizer.IdToToken(id) ?? "" : Encoding.UTF8.GetString(bytes), bytes, logProb);
    }
}
