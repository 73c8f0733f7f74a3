using System.Text.Json.Nodes;
using Cerise.Data.Conversations;
using Cerise.Data.Tests.Tokenizers;
using Cerise.Testing;

namespace Cerise.Data.Tests.Conversations;

/// <summary>Templates, tokenizers and conversations that several tests use.</summary>
internal static class ChatSamples
{
    public const string ChatMl =
        "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}{% endfor %}"
        + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

    private static readonly Lazy<Tokenizer> LoadedQwen = new(() => Tokenizer.Load(TestPaths.SharedData("tokenizers/qwen2.5")));

    /// <summary>The published tokenizer of Qwen2.5.</summary>
    public static Tokenizer Qwen => LoadedQwen.Value;

    /// <summary>A small byte-level tokenizer that knows chatml's special tokens; the second ends texts.</summary>
    public static Tokenizer Small { get; } = With(["<|im_start|>", "<|im_end|>"], "<|im_end|>");

    /// <summary>A small byte-level tokenizer with special tokens, one of which ends texts.</summary>
    public static Tokenizer With(IEnumerable<string> special, string? eos, string? bos = null)
    {
        JsonObject json = TinyTokenizer.Json();
        JsonArray added = json["added_tokens"]!.AsArray();
        HashSet<string> known = [.. added.Select(token => (string)token!["content"]!)];
        int next = added.Max(token => (int)token!["id"]!) + 1;
        next = Math.Max(next, json["model"]!["vocab"]!.AsObject().Max(token => (int)token.Value!) + 1);
        foreach (string content in special.Where(known.Add))
            added.Add(new JsonObject
            {
                ["id"] = next++,
                ["content"] = content,
                ["single_word"] = false,
                ["lstrip"] = false,
                ["rstrip"] = false,
                ["normalized"] = false,
                ["special"] = true,
            });
        return TinyTokenizer.Load(json.ToJsonString(), new JsonObject { ["eos_token"] = eos, ["bos_token"] = bos }.ToJsonString());
    }

    public static ChatTemplate Template(string source) => ChatTemplate.Parse(source, "test");

    public static Message User(string text) => new(MessageRoles.User, text);

    public static Message Instruction(string text) => new(MessageRoles.System, text);

    public static Message Assistant(string text) => new(MessageRoles.Assistant, text);

    public static Conversation Chat(params Message[] messages) => new() { Messages = messages, File = "f.jsonl", Line = 3 };

    /// <summary>The stretches of text that trained tokens stand for.</summary>
    public static IReadOnlyList<string> TrainedTexts(this ChatExample example)
    {
        List<string> texts = [];
        for (int i = 0; i < example.Tokens.Count; i++)
        {
            if (example.Trained[i] == 0)
                continue;
            int start = example.Tokens[i].Start, end = start;
            for (; i < example.Tokens.Count && example.Trained[i] == 1; i++)
                end = example.Tokens[i].End;
            texts.Add(example.Text[start..end]);
        }
        return texts;
    }
}
