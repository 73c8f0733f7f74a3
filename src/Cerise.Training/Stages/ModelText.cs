using Cerise.Data;
using Cerise.Data.Conversations;

namespace Cerise.Training.Stages;

/// <summary>The text side of a model folder: its tokenizer, and its chat template where it has one.</summary>
/// <param name="Tokenizer">Text to ids.</param>
/// <param name="Template">Messages to text; null where the model is for plain text.</param>
public sealed record ModelText(Tokenizer Tokenizer, ChatTemplate? Template)
{
    /// <summary>Whether there is a tokenizer to read.</summary>
    /// <param name="source">The model, and perhaps an adapter that brings its own.</param>
    public static bool IsIn(ModelSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return !Directory.Exists(source.Tokenizer) || TokenizerFiles.Any(file => File.Exists(Path.Combine(source.Tokenizer, file)));
    }

    /// <summary>Reads a model's.</summary>
    /// <param name="source">The model, and perhaps an adapter that brings its own.</param>
    /// <param name="chatTemplate">Another template: <see cref="ChatTemplate.ChatMlName"/>, a file, or a folder; empty for the model's.</param>
    /// <param name="eosToken">The token that ends a turn, in the place of the tokenizer's; empty for the tokenizer's.</param>
    public static ModelText Load(ModelSource source, string chatTemplate = "", string eosToken = "")
    {
        ArgumentNullException.ThrowIfNull(source);
        var tokenizer = Tokenizer.Load(source.Tokenizer);
        if (!string.IsNullOrEmpty(eosToken))
            tokenizer = tokenizer.WithEosToken(eosToken);
        ChatTemplate? template = chatTemplate switch
        {
            "" => TemplateOf(source.Tokenizer) ?? TemplateOf(source.Model),
            ChatTemplate.ChatMlName => ChatTemplate.ChatMl,
            _ => ChatTemplate.Load(chatTemplate),
        };
        return new ModelText(tokenizer, template);
    }

    // Any of these shows that a tokenizer is meant, so that one that is incomplete is read, and refused by name.
    private static readonly string[] TokenizerFiles = ["tokenizer.json", "vocab.json", "vocab.txt", "merges.txt", "tokenizer.model", "tokenizer_config.json"];

    // A tokenizer may be named by its file, which is no template.
    private static ChatTemplate? TemplateOf(string folder) => Directory.Exists(folder) ? ChatTemplate.TryLoad(folder) : null;

    /// <summary>What turns conversations into tokens.</summary>
    public ChatTokenizer Chat(ChatTokenizerOptions? options = null) => new(Tokenizer, Template, options);

    /// <summary>Writes both into a model folder.</summary>
    public void Save(string folder)
    {
        Tokenizer.Save(folder);
        Template?.Save(folder);
    }
}
