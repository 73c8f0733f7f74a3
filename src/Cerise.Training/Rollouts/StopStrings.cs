using System.Text;
using Cerise.Data;
using Cerise.Data.Inference;
using Cerise.Models.Generation;

namespace Cerise.Training.Rollouts;

/// <summary>Ends a completion when its text holds one of a few strings, such as <c>&lt;/answer&gt;</c>.</summary>
/// <remarks>
/// <see cref="Watch"/> fits <see cref="SamplingOptions.Guide"/>. The tokens that end the string stay part of the completion, so that the model learns them; a
/// token that goes on beyond the string stays whole. Only completions are looked at, never prompts; special tokens count with the text they are written as. Safe
/// for use from many threads at once.
/// </remarks>
/// <param name="tokenizer">Turns tokens into text.</param>
/// <param name="strings">What ends a completion; at least one, none empty.</param>
/// <exception cref="ArgumentException">No string, or an empty one.</exception>
public sealed class StopStrings(ITokenizer tokenizer, IReadOnlyList<string> strings)
{
    private readonly ITokenizer _tokenizer = tokenizer ?? throw new ArgumentNullException(nameof(tokenizer));
    private readonly StopMatcher _matcher = new(strings);

    /// <summary>Begins a completion.</summary>
    public ICompletionGuide Watch() => new Watcher(_tokenizer, _matcher.Begin());

    /// <summary>The bytes a token counts with: its own, or where it is special the text it is written as.</summary>
    internal static ReadOnlySpan<byte> BytesOf(ITokenizer tokenizer, int id) =>
        tokenizer.IsSpecial(id) ? Encoding.UTF8.GetBytes(tokenizer.IdToToken(id) ?? "") : tokenizer.TokenBytes(id);

    private sealed class Watcher(ITokenizer tokenizer, StopMatcher.Search search) : ICompletionGuide
    {
        public bool Constrain(Span<ulong> allowed) => false;

        public bool Append(int id) => search.Append(BytesOf(tokenizer, id));
    }
}
