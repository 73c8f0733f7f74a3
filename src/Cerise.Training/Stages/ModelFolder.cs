using Cerise.Data;
using Cerise.Models;
using Cerise.Models.Configs;

namespace Cerise.Training.Stages;

/// <summary>A Hugging Face model folder: weights, config, tokenizer and generation settings together.</summary>
public static class ModelFolder
{
    /// <summary>Writes the whole folder.</summary>
    public static void Save(string folder, CausalModel model, Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tokenizer);
        model.Save(folder);
        tokenizer.Save(folder);
        new GenerationConfig { BosTokenId = model.Config.BosTokenId, EosTokenIds = model.Config.EosTokenIds, PadTokenId = model.Config.PadTokenId }.Save(folder);
    }

    /// <summary>Requires that every token has a row in the model's embedding.</summary>
    /// <exception cref="TrainingException">The tokenizer has more tokens than the model.</exception>
    public static void RequireFit(CausalModel model, ITokenizer tokenizer, string folder)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tokenizer);
        if (tokenizer.VocabSize > model.Config.VocabSize)
            throw new TrainingException($"{folder}: the tokenizer has {tokenizer.VocabSize} tokens, the model's vocab_size is {model.Config.VocabSize}. Do they belong together?");
        if (tokenizer.EosId is null && model.Config.EosTokenIds.Count == 0)
            throw new TrainingException($"{folder}: neither tokenizer_config.json nor config.json names an end-of-text token, so completions could never end. Set eos_token_id");
    }
}
