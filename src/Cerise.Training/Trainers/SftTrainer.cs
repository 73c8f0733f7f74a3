using Cerise.Data;
using Cerise.Models;
using Cerise.Tensors;
using Cerise.Training.Batches;

namespace Cerise.Training.Trainers;

/// <summary>Supervised fine-tuning on prompts and completions (Ouyang et al. 2022, arXiv:2203.02155, section 3.5).</summary>
/// <param name="model">Trained in place.</param>
/// <param name="examples">Made by <see cref="Tokenize"/>.</param>
/// <param name="options">Checked settings.</param>
/// <param name="seed">Source of the examples' order and of noise.</param>
/// <param name="validation">Examples to evaluate on; none evaluates never.</param>
public sealed class SftTrainer(CausalModel model, IReadOnlyList<TokenSequence> examples, SftOptions options, Seed seed, IReadOnlyList<TokenSequence>? validation = null)
    : SupervisedTrainer(model, examples, options, seed, validation)
{
    /// <summary>A prompt and its completion, ended by the end-of-text token unless the completion already ends with it.</summary>
    /// <returns>Null when the completion falls outside maxLength entirely; a cut completion keeps its start and gets no end token.</returns>
    public static TokenSequence? Tokenize(string prompt, string completion, ITokenizer tokenizer, SftOptions options)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(options);
        int end = tokenizer.EosId ?? throw new TrainingException("the tokenizer names no eos_token: the model would never learn to stop. Add one to tokenizer_config.json");
        int[] promptIds = tokenizer.Encode(prompt);
        int[] completionIds = tokenizer.Encode(completion, addSpecialTokens: false);
        if (completionIds.Length == 0 || completionIds[^1] != end)
            completionIds = [.. completionIds, end];
        int room = options.MaxLength - promptIds.Length;
        if (room < 1)
            return null;
        TokenSequence example = TokenSequence.Of(promptIds, completionIds[..Math.Min(room, completionIds.Length)]);
        return options.CompletionOnlyLoss ? example : TokenSequence.All(example.Ids);
    }
}
