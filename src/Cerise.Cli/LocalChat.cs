using Cerise.Data;
using Cerise.Models.Generation;
using Cerise.Studio;
using Cerise.Training.Inference;

namespace Cerise.Cli;

/// <summary>A model folder that answers conversations in this process: weights, engine, chat template.</summary>
internal sealed class LocalChat : IDisposable
{
    private readonly LoadedModel _folder;
    private readonly LocalEngine _engine;

    private LocalChat(LoadedModel folder, LocalEngine engine, ServedModel model) => (_folder, _engine, Model) = (folder, engine, model);

    /// <summary>What answers.</summary>
    public ServedModel Model { get; }

    /// <summary>Starts the engine of a folder.</summary>
    /// <param name="folder">Weights and tokenizer; disposed with this.</param>
    /// <param name="service">How much is done at once.</param>
    /// <param name="name">Name for clients; null for the folder's.</param>
    /// <param name="template">File of the chat template; null for the folder's own.</param>
    /// <exception cref="ChatTemplateException">The template cannot be read.</exception>
    public static LocalChat Start(LoadedModel folder, GenerationServiceOptions service, string? name = null, string? template = null)
    {
        ChatTemplate? chatTemplate = template is not null ? ChatTemplate.Load(template) : folder.Text.Template;
        name ??= Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder.Path)));
        var engine = new LocalEngine(folder.Model, folder.Tokenizer, folder.Generation, new LocalEngineOptions { ModelName = name, Service = service });
        return new LocalChat(folder, engine, new ServedModel(engine, folder.Tokenizer, chatTemplate) { Defaults = engine.Defaults });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _engine.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _folder.Dispose();
    }
}
