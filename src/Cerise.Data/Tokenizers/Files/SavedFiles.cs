namespace Cerise.Data.Tokenizers.Files;

/// <summary>The bytes of a tokenizer's files, kept so that saving gives them back as they were.</summary>
/// <param name="Tokenizer">tokenizer.json.</param>
/// <param name="Config">tokenizer_config.json, or null where there is none.</param>
/// <param name="Folder">Where they were read, for messages.</param>
/// <param name="Name">The name of tokenizer.json there.</param>
internal sealed record SavedFiles(byte[] Tokenizer, byte[]? Config, string Folder, string Name = TokenizerFile.FileName)
{
    /// <summary>Files of a tokenizer that are not read here but belong to it.</summary>
    private static readonly string[] CompanionNames =
        [TokenizerConfig.SpecialTokensFileName, TokenizerConfig.AddedTokensFileName, "chat_template.jinja", .. VocabularyFiles.Names];

    /// <summary>Larger files are not tokenizers: one of 262,144 tokens, among the largest published, has half of it.</summary>
    private const long LargestFile = 1L << 26;

    /// <summary>Name and bytes of the companions that were there.</summary>
    public IReadOnlyList<(string Name, byte[] Bytes)> Companions { get; init; } = [];

    public string TokenizerPath => Path.Combine(Folder, Name);

    public string ConfigPath => Path.Combine(Folder, TokenizerConfig.FileName);

    /// <summary>The bytes of a companion, or null where it was not there.</summary>
    public byte[]? Companion(string name) => Companions.FirstOrDefault(companion => companion.Name == name).Bytes;

    /// <summary>Reads tokenizer.json, given itself or by its folder, and what stands beside it; an older folder's vocabulary files where it has none.</summary>
    public static SavedFiles Read(string path)
    {
        string file = Directory.Exists(path) ? Path.Combine(path, TokenizerFile.FileName) : path;
        string folder = Path.GetDirectoryName(file) ?? "";
        string config = Path.Combine(folder, TokenizerConfig.FileName);
        bool older = Directory.Exists(path) && !File.Exists(file);
        var files = new SavedFiles(older ? [] : ReadFile(file), File.Exists(config) ? ReadFile(config) : null, folder, Path.GetFileName(file))
        {
            Companions = [.. CompanionNames.Where(name => File.Exists(Path.Combine(folder, name))).Select(name => (name, ReadFile(Path.Combine(folder, name))))],
        };
        return older ? files with { Tokenizer = VocabularyFiles.ToTokenizerFile(files) } : files;
    }

    /// <summary>Writes the files into a folder, each beside its place and then renamed, so that no half-written file is ever met.</summary>
    public void Write(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            FileBeside.Write(Path.Combine(folder, TokenizerFile.FileName), Tokenizer);
            if (Config is not null)
                FileBeside.Write(Path.Combine(folder, TokenizerConfig.FileName), Config);
            foreach ((string name, byte[] bytes) in Companions)
                FileBeside.Write(Path.Combine(folder, name), bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TokenizerException(folder, $"the tokenizer cannot be written: {e.Message}", e);
        }
    }

    private static byte[] ReadFile(string path)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > LargestFile } large)
                throw new TokenizerException(path, $"{large.Length} bytes are too many for a tokenizer's file");
            return WholeFile.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or ArgumentException)
        {
            throw new TokenizerException(path.Length == 0 ? "(empty path)" : path, $"no such file; a tokenizer is a {TokenizerFile.FileName} or a folder that holds one", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TokenizerException(path, $"the file cannot be read: {e.Message}", e);
        }
    }
}
