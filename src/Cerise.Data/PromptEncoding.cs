namespace Cerise.Data;

/// <summary>The ids of a text that a model is to go on from.</summary>
/// <remarks>
/// Such a text is begun by what the tokenizer puts before a text, such as BOS, but not ended by what it puts after one: a model that reads EOS has nothing
/// left to say, and many tokenizers (<c>add_eos_token</c>) end every text with it. EOS that the text itself spells stays.
/// </remarks>
public static class PromptEncoding
{
    extension(ITokenizer tokenizer)
    {
        /// <summary>The ids of a prompt: the tokens that begin a text, then the text's own; none that end a text.</summary>
        /// <param name="text">Any text; an unpaired surrogate is read as U+FFFD.</param>
        public int[] EncodePrompt(string text) => [.. tokenizer.BeginningIds, .. tokenizer.Encode(text, addSpecialTokens: false)];

        /// <summary>The ids of a prompt, each with the characters that it stands for; those that begin a text stand for none.</summary>
        /// <param name="text">Any text; an unpaired surrogate is read as U+FFFD.</param>
        /// <returns>The ids of EncodePrompt, each with its range in UTF-16 units of <paramref name="text"/>, the end exclusive.</returns>
        public (int Id, int Start, int End)[] EncodePromptWithOffsets(string text)
            => [.. tokenizer.BeginningIds.Select(id => (id, 0, 0)), .. tokenizer.EncodeWithOffsets(text, addSpecialTokens: false)];
    }
}
