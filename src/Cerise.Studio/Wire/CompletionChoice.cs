using Cerise.Data.Inference;
using Cerise.Studio.Chat;

namespace Cerise.Studio.Wire;

/// <summary>A completion, or a piece of one.</summary>
/// <param name="Index">Which of the request's completions.</param>
/// <param name="Text">Its text.</param>
/// <param name="Tokens">Its tokens, for log-probabilities.</param>
/// <param name="TextOffset">Where the first token begins in the whole text, in code points.</param>
/// <param name="Finish">Why it ends; null where it goes on.</param>
internal sealed record CompletionChoice(int Index, string Text, IReadOnlyList<EngineToken> Tokens, long TextOffset, EngineFinish? Finish)
{
    /// <summary>Makes pieces of the tokens of one completion.</summary>
    /// <param name="index">Which of the request's completions.</param>
    public sealed class Maker(int index)
    {
        private readonly SettledTokens _settled = new();
        private long _offset;

        /// <summary>Tokens sampled.</summary>
        public int Count { get; private set; }

        /// <summary>Takes a token.</summary>
        public CompletionChoice Take(EngineToken token)
        {
            Count++;
            IReadOnlyList<EngineToken> settled = _settled.Take(token);
            var piece = new CompletionChoice(index, token.Text, settled, _offset, token.FinishReason);
            foreach (EngineToken told in settled)
                _offset += CompletionJson.CodePoints(told);
            return piece;
        }
    }

    /// <summary>Whether it tells anything.</summary>
    public bool IsEmpty => Text.Length == 0 && Tokens.Count == 0 && Finish is null;

    /// <summary>Puts pieces of one completion that follow each other together.</summary>
    public static CompletionChoice Join(IEnumerable<CompletionChoice> pieces)
    {
        CompletionChoice[] all = [.. pieces];
        return all is [var only]
            ? only
            : new CompletionChoice(
                all[0].Index, string.Concat(all.Select(piece => piece.Text)), [.. all.SelectMany(piece => piece.Tokens)], all[0].TextOffset, all[^1].Finish);
    }
}
