using Cerise.Data;
using Cerise.Models;
using Cerise.Tensors;
using Cerise.Training.Batches;

namespace Cerise.Training.Trainers;

/// <summary>Pre-training: next-token prediction on plain documents, each ended by the end-of-text token.</summary>
/// <param name="model">Trained in place.</param>
/// <param name="documents">Made by <see cref="Tokenize"/>.</param>
/// <param name="options">Checked settings.</param>
/// <param name="seed">Source of the documents' order and of noise.</param>
/// <param name="validation">Documents to evaluate on; none evaluates never.</param>
public sealed class PretrainTrainer(CausalModel model, IReadOnlyList<TokenSequence> documents, PretrainOptions options, Seed seed, IReadOnlyList<TokenSequence>? validation = null)
    : SupervisedTrainer(model, documents, options, seed, validation)
{
    /// <summary>Documents as sequences: tokens and end-of-text, cut into pieces of at most maxLength tokens that overlap by one, so that every token but the first is predicted once.</summary>
    public static IReadOnlyList<TokenSequence> Tokenize(IEnumerable<string> documents, ITokenizer tokenizer, int maxLength)
    {
        ArgumentNullException.ThrowIfNull(documents);
        ArgumentNullException.ThrowIfNull(tokenizer);
        int end = tokenizer.EosId ?? throw new TrainingException("the tokenizer names no eos_token, so that documents could not be ended. Add one to tokenizer_config.json");
        List<TokenSequence> sequences = [];
        foreach (string document in documents)
        {
            int[] ids = tokenizer.Encode(document);
            if (ids.Length == 0 || ids[^1] != end)                          // a tokenizer may end every text itself (add_eos_token)
                ids = [.. ids, end];
            for (int first = 0; first < ids.Length - 1; first += maxLength - 1)
                sequences.Add(TokenSequence.All(ids[first..Math.Min(ids.Length, first + maxLength)]));
        }
        return sequences;
    }
}
