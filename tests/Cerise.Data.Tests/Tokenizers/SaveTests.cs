using Cerise.Testing;

namespace Cerise.Data.Tests.Tokenizers;

public class SaveTests
{
    [Theory]
    [InlineData("tokenizers/gpt2")]
    [InlineData("models/stories260K")]
    public void A_loaded_tokenizer_is_saved_byte_for_byte(string folder)
    {
        string source = TestPaths.SharedData(folder);
        using TemporaryFolder target = TestPaths.NewFolder();
        Tokenizer.Load(source).Save(Path.Combine(target.Path, "new", "model"));
        foreach (string name in new[] { "tokenizer.json", "tokenizer_config.json" })
            Assert.Equal(File.ReadAllBytes(Path.Combine(source, name)), File.ReadAllBytes(Path.Combine(target.Path, "new", "model", name)));
        Assert.Equal(2, Directory.GetFiles(Path.Combine(target.Path, "new", "model")).Length);
    }

    [Fact]
    public void Saving_over_a_folder_replaces_the_files_and_brings_the_companions()
    {
        using TemporaryFolder source = TestPaths.NewFolder(), target = TestPaths.NewFolder();
        TinyTokenizer.Trained.Save(source.Path);
        File.WriteAllText(source.File("chat_template.jinja"), "{{ messages }}");
        File.WriteAllText(target.File("tokenizer.json"), "old");
        Tokenizer.Load(source.File("tokenizer.json")).Save(target.Path);
        Assert.Equal(File.ReadAllText(source.File("tokenizer.json")), File.ReadAllText(target.File("tokenizer.json")));
        Assert.Equal("{{ messages }}", File.ReadAllText(target.File("chat_template.jinja")));
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_named()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        File.WriteAllText(folder.File("taken"), "");
        var error = Assert.Throws<TokenizerException>(() => TinyTokenizer.Trained.Save(folder.File("taken")));
        Assert.Contains(folder.File("taken"), error.Message, StringComparison.Ordinal);
    }
}
