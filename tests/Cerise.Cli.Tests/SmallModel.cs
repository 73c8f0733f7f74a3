using Cerise.Testing;

[assembly: AssemblyFixture(typeof(Cerise.Cli.Tests.SmallModel))]

namespace Cerise.Cli.Tests;

/// <summary>A tokenizer and a tiny model with random weights, made once by the verbs themselves.</summary>
public sealed class SmallModel : IDisposable
{
    // Enough different words for a vocabulary of 300.
    private static readonly string[] Words = "apple orange mountain river window garden castle number letter summer winter silver yellow".Split(' ');

    private readonly TemporaryFolder _folder = TestPaths.NewFolder();

    public SmallModel()
    {
        IEnumerable<string> lines = Enumerable.Range(0, 50)
            .Select(i => $"The {i}th line says that {i} + {i} = {2 * i}. Every {Words[i % Words.Length]} counts.\n");
        File.WriteAllText(Text, string.Concat(lines));
        Cli.Succeed("train-tokenizer", "--input", Text, "--vocab-size", "300", "--out", Tokenizer);
        Cli.Succeed(
            "init-model", "--out", Model, "--family", "llama", "--hidden-size", "32", "--layers", "2", "--heads", "2", "--ffn", "64",
            "--context", "128", "--tokenizer", Tokenizer, "--seed", "7");
    }

    public string Text => _folder.File("text.txt");

    public string Tokenizer => _folder.File("tokenizer");

    public string Model => _folder.File("model");

    /// <summary>A copy of the model's folder that a test may damage.</summary>
    internal TemporaryFolder CopyModel()
    {
        TemporaryFolder copy = TestPaths.NewFolder();
        foreach (string file in Directory.GetFiles(Model))
            File.Copy(file, copy.File(Path.GetFileName(file)));
        return copy;
    }

    public void Dispose() => _folder.Dispose();
}
