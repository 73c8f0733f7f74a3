using Cerise.Data;
using Cerise.Models;
using Cerise.Models.Configs;
using Cerise.Tensors;
using Cerise.Training.Rollouts;
using Cerise.Training.Stages;

namespace Cerise.Cli;

/// <summary>A model, its tokenizer and its sampling defaults, from a Hugging Face folder.</summary>
internal sealed class LoadedModel : IDisposable
{
    private readonly ModelText? _text;

    private LoadedModel(string path, CausalModel model, ModelText? text, GenerationConfig? generation)
    {
        Path = path;
        Model = model;
        _text = text;
        Generation = generation;
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The weights.</summary>
    public CausalModel Model { get; }

    /// <summary>Tokenizer and chat template.</summary>
    /// <exception cref="CommandException">The folder has no tokenizer.</exception>
    public ModelText Text => _text ?? throw new CommandException(
        $"{Path}: there is no tokenizer.json, so only rows of {{\"ids\"}} can be taken. Copy the tokenizer's files from where the model comes from.");

    /// <summary>Text to ids.</summary>
    /// <exception cref="CommandException">The folder has no tokenizer.</exception>
    public Tokenizer Tokenizer => Text.Tokenizer;

    /// <summary>Whether there is a tokenizer.</summary>
    public bool HasTokenizer => _text is not null;

    /// <summary>What generation_config.json says; null where there is none.</summary>
    public GenerationConfig? Generation { get; }

    /// <summary>The ids that end a text: all that generation_config.json, config.json and tokenizer_config.json name.</summary>
    public IReadOnlyList<int> StopIds => StopTokens.Of(Model.Config, _text?.Tokenizer, Generation);

    /// <summary>Loads a folder; the small files first, so that what is wrong with them shows at once.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="dtype">The type weights are stored in; null for the config's.</param>
    /// <param name="adapter">A LoRA adapter's folder; null for none but the one that <paramref name="path"/> may be.</param>
    /// <param name="contextLength">Tokens of the longest sequence; null for the config's.</param>
    /// <exception cref="CommandException">There is no such folder, or the tokenizer has ids the model lacks.</exception>
    public static LoadedModel Load(string path, Device device, DType? dtype, string? adapter = null, int? contextLength = null)
    {
        if (!Directory.Exists(path))
            throw new CommandException(
                $"{path}: no such folder. --model takes a Hugging Face model folder: config.json, model.safetensors, tokenizer.json.");
        ModelSource source = ModelSource.Find(path, adapter);
        ModelConfig config = ModelConfig.Load(source.Model);
        ModelText? text = ModelText.IsIn(source) ? ModelText.Load(source) : null;
        if (text is not null && !VocabularyFit.Of(text.Tokenizer, config.VocabSize))
        {
            throw new CommandException(
                $"{path}: tokenizer.json has the ids 0 to {text.Tokenizer.VocabSize - 1}, the model's vocab_size is {config.VocabSize}. " +
                "Is the tokenizer another model's?");
        }
        if (contextLength is int asked && !config.Allows(asked))
        {
            throw new CommandException(
                $"{path}: --context is {contextLength}, the model is made for {config.MaxPositionEmbeddings} tokens ('max_position_embeddings' of config.json). Give that or less.");
        }
        var generation = GenerationConfig.Load(source.Model);
        CausalModel model = CausalModel.Load(source.Model, device, contextLength, dtype);
        try
        {
            if (source.Adapter is not null)
                model.LoadAdapter(source.Adapter);
            return new LoadedModel(path, model, text, generation);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>The ids of a text that the model goes on from, or of what it goes on with.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isPrompt">Whether the tokenizer puts first what begins a text, such as BOS.</param>
    /// <param name="fault">Makes the error of the place that the text stands in.</param>
    public int[] Encode(string text, bool isPrompt, Func<string, Exception> fault)
    {
        int[] ids = isPrompt ? Tokenizer.EncodePrompt(text) : Tokenizer.Encode(text, addSpecialTokens: false);
        if (ids.FirstOrDefault(id => id >= Model.Config.VocabSize) is > 0 and int beyond)
            throw fault($"holds the token {Tokenizer.IdToToken(beyond)} with the id {beyond}; the model's vocabulary has the ids 0 to {Model.Config.VocabSize - 1}. Take it out");
        return ids;
    }

    /// <inheritdoc/>
    public void Dispose() => Model.Dispose();
}
