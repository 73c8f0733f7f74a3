using System.Text.Json.Nodes;
using Cerise.Testing;

namespace Cerise.Data.Tests.Tokenizers;

/// <summary>Small tokenizers made on the spot.</summary>
internal static class TinyTokenizer
{
    /// <summary>A byte-level tokenizer trained on a few sentences.</summary>
    public static Tokenizer Trained { get; } = BpeTrainer.Train(
        ["the cat sat on the mat, the dog sat on the log; 12 cats and 12 dogs don't sit. \u4F60\u597D \u4F60\u597D \U0001F600\U0001F600"],
        new BpeTrainerOptions { VocabSize = 300, SpecialTokens = ["<|endoftext|>", "<|im_start|>"] });

    /// <summary>The trained tokenizer's files as JSON to be changed.</summary>
    public static JsonObject Json()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        Trained.Save(folder.Path);
        return JsonNode.Parse(File.ReadAllText(folder.File("tokenizer.json")))!.AsObject();
    }

    /// <summary>Loads a file of this content, with a configuration beside it where one is given.</summary>
    public static Tokenizer Load(string json, string? config = null)
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        File.WriteAllText(folder.File("tokenizer.json"), json);
        if (config is not null)
            File.WriteAllText(folder.File("tokenizer_config.json"), config);
        return Tokenizer.Load(folder.Path);
    }
}
