using Cerise.Data.Tokenizers.Training;

namespace Cerise.Data;

/// <summary>Learns a byte-level BPE tokenizer from text (Sennrich et al. 2016, arXiv:1508.07909, on bytes as in GPT-2).</summary>
/// <remarks>
/// Ids are given as Hugging Face's BpeTrainer gives them: the special tokens in their order, the 256 bytes in the order of the characters that stand for
/// them, then the merges in the order learned. The most frequent pair is merged first; of equally frequent ones that with the lower left id, then
/// the lower right id. So the same text and options give the same tokenizer, whatever the order or the cuts of the documents at piece borders.
/// One departure: special tokens that are written in the text are cut out first, as they are when encoding, rather than learned from.
/// No normalization is applied, so decoding gives back every text that was encoded, exactly.
/// </remarks>
public static class BpeTrainer
{
    /// <summary>Learns a tokenizer; the documents are read once, one at a time.</summary>
    /// <param name="documents">Texts; no pair is counted across their borders.</param>
    /// <param name="options">What to learn.</param>
    /// <exception cref="TokenizerException">A setting is out of range.</exception>
    public static Tokenizer Train(IEnumerable<string> documents, BpeTrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(documents);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var counter = new PieceCounter(options.PreTokenizer, options.SpecialTokens);
        foreach (string document in documents)
            counter.Add(document);
        LearnedVocabulary vocabulary = new MergeLearner(counter.Counts, options).Learn();
        return Tokenizer.FromFiles(TrainedTokenizerFiles.Make(vocabulary, options));
    }
}
