using System.Security.Cryptography;
using System.Text;
using Cerise.Data;
using Cerise.Data.Inference;
using Cerise.Studio.Chat;

namespace Cerise.Studio;

/// <summary>A model with all that answering conversations needs of it.</summary>
public sealed class ServedModel
{
    /// <param name="engine">What samples.</param>
    /// <param name="tokenizer">The engine's tokenizer.</param>
    /// <param name="template">The chat template; null where the model has none, whose conversations are then written as plain "User:" and "Assistant:" turns.</param>
    public ServedModel(ITextEngine engine, ITokenizer tokenizer, ChatTemplate? template)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(tokenizer);
        Engine = engine;
        Tokenizer = tokenizer;
        Name = engine.ModelName;
        Format = template is null ? new PlainChatFormat() : new TemplateChatFormat(template, tokenizer);
        Template = template;
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{engine.ModelName} {engine.ContextLength} {tokenizer.VocabSize} {template?.Source}"));
        Fingerprint = $"fp_{Convert.ToHexStringLower(hash.AsSpan(0, 5))}";
    }

    /// <summary>The same model with other defaults.</summary>
    public ServedModel With(SamplingSettings defaults) => new(Engine, Tokenizer, Template) { Name = Name, Defaults = defaults };

    /// <summary>Name by which clients ask for it. Default the engine's.</summary>
    public string Name { get; init; }

    /// <summary>What samples.</summary>
    public ITextEngine Engine { get; }

    /// <summary>The engine's tokenizer.</summary>
    public ITokenizer Tokenizer { get; }

    /// <summary>Whether the model has a chat template.</summary>
    public bool HasTemplate => Template is not null;

    /// <summary>How requests are sampled that do not say, as generation_config.json asks for. Default the model's own distribution.</summary>
    public SamplingSettings Defaults { get; init; } = new();

    /// <summary>The chat template.</summary>
    private ChatTemplate? Template { get; }

    /// <summary>Names the model and its template for clients: equal where the same seed gives the same answer.</summary>
    internal string Fingerprint { get; }

    /// <summary>How its conversations are written and read.</summary>
    internal ChatFormat Format { get; }
}
