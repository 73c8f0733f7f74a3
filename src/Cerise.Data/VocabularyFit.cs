namespace Cerise.Data;

/// <summary>Whether a tokenizer and a model's weights go together.</summary>
public static class VocabularyFit
{
    /// <summary>Whether every token that a text needs has a row in the weights.</summary>
    /// <remarks>
    /// Published models have special tokens beyond their weights, which stand for what those never see: an image in a Gemma 3 without its encoder, or padding. A text that
    /// holds one is refused where it is read. The tokens that begin and end texts cannot be done without.
    /// </remarks>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="rows">Rows of the embedding, <c>vocab_size</c>.</param>
    public static bool Of(ITokenizer tokenizer, int rows)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        for (int id = rows; id < tokenizer.VocabSize; id++)
            if (id == tokenizer.BosId || id == tokenizer.EosId || (!tokenizer.IsSpecial(id) && tokenizer.IdToToken(id) is not null))
                return false;
        return true;
    }
}
