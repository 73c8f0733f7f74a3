using Cerise.Data;
using Cerise.Models;
using Cerise.Models.Configs;
using Cerise.Training.Rollouts;

namespace Cerise.Training.Stages;

/// <summary>A Hugging Face model folder: weights, config, tokenizer and generation settings together.</summary>
public static class ModelFolder
{
    /// <summary>Writes the whole folder.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="model">The weights.</param>
    /// <param name="text">Tokenizer and chat template.</param>
    /// <param name="generation">How the model this one came from is to be sampled; its settings are kept. Null for none.</param>
    public static void Save(string folder, CausalModel model, ModelText text, GenerationConfig? generation = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(text);
        model.Save(folder);
        text.Save(folder);
        generation ??= new GenerationConfig { BosTokenId = model.Config.BosTokenId, PadTokenId = model.Config.PadTokenId };
        (generation with { EosTokenIds = [.. generation.EosTokenIds.Concat(StopTokens.Of(model.Config, text.Tokenizer)).Distinct()] }).Save(folder);
    }

    /// <summary>Requires that every token that a text needs has a row in the model's embedding (<see cref="VocabularyFit"/>), and that texts can end.</summary>
    /// <exception cref="TrainingException">The tokenizer has more tokens than the model, or none that ends a text.</exception>
    public static void RequireFit(CausalModel model, ITokenizer tokenizer, string folder)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tokenizer);
        if (!VocabularyFit.Of(tokenizer, model.Config.VocabSize))
            throw new TrainingException($"{folder}: the tokenizer has {tokenizer.VocabSize} tokens, the model's vocab_size is {model.Config.VocabSize}. Do they belong together?");
        if (tokenizer.EosId is null && model.Config.EosTokenIds.Count == 0)
            throw new TrainingException($"{folder}: neither tokenizer_config.json nor config.json names an end-of-text token, so completions could never end. Set eos_token_id");
    }
}
