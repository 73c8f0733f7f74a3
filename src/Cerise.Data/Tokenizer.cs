using System.Runtime.InteropServices;
using Cerise.Data.Tokenizers;
using Cerise.Data.Tokenizers.AddedTokens;
using Cerise.Data.Tokenizers.Bpe;
using Cerise.Data.Tokenizers.Decoders;
using Cerise.Data.Tokenizers.Files;
using Cerise.Data.Tokenizers.Models;

namespace Cerise.Data;

/// <summary>A tokenizer in the format of Hugging Face: tokenizer.json with a BPE, Unigram, WordPiece or WordLevel model, or the older vocab.json with merges.txt and vocab.txt.</summary>
/// <remarks>
/// Gives the ids of the reference implementation (Hugging Face tokenizers 0.23), in time linear in the text. The file's truncation and padding settings are
/// not applied. Added tokens, their flags and the template's tokens also come from tokenizer_config.json, special_tokens_map.json and added_tokens.json, as
/// the library that reads them does. Departures: an added token decodes to its content even where the file normalizes it or it holds letters of the byte
/// alphabet; normalization follows Unicode 14, character classes the framework's version.
/// Encoding ends in a <see cref="TokenizerException"/> where the vocabulary lacks a character and the file names no unknown token, or where a pattern of the
/// file takes too long.
/// </remarks>
public sealed class Tokenizer : ITokenizer
{
    private readonly TokenizerFile _parts;
    private readonly SavedFiles _files;
    private readonly TextEncoder _encoder;
    private readonly Dictionary<string, int> _addedIds;
    private readonly HashSet<int> _specialIds;
    private readonly Lazy<TokenBytesTable> _tokenBytes;
    private readonly string?[] _decodingTokens;                             // by id, as the decoder takes them

    private Tokenizer(SavedFiles files)
    {
        TokenizerConfig config = TokenizerConfig.Read(files);
        _files = files;
        _parts = TokenizerFile.Read(files.Tokenizer, files.TokenizerPath, config);
        _encoder = new TextEncoder(_parts);
        _addedIds = _parts.AddedTokens.ToDictionary(token => token.Content, token => token.Id, StringComparer.Ordinal);
        _specialIds = SpecialIds(_parts);
        _decodingTokens = DecodingTokens();
        _tokenBytes = new(() => new TokenBytesTable(
            _parts.Tokens, IsSpecial, id => _addedIds.TryGetValue(_parts.Tokens[id]!, out int added) && added == id, _parts.Decoder));
        BosId = config.BosToken is { } bos ? TokenToId(bos) : null;
        EosId = config.EosToken is { } eos ? TokenToId(eos) : null;
        PadId = config.PadToken is { } pad ? TokenToId(pad) : null;
        CleansUpSpaces = config.CleanUpTokenizationSpaces;
    }

    /// <inheritdoc/>
    public int VocabSize => _parts.Tokens.Length;

    /// <inheritdoc/>
    public int? BosId { get; }

    /// <inheritdoc/>
    public int? EosId { get; }

    /// <inheritdoc/>
    public int? PadId { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int> BeginningIds => _parts.PostProcessor.Prefix;

    /// <summary>
    /// The setting clean_up_tokenization_spaces of tokenizer_config.json. <see cref="Decode"/> does not act on it, because tidied text no longer
    /// encodes to the same ids; pass the text to <see cref="CleanUpSpaces"/> where the other library's output is wanted.
    /// </summary>
    public bool CleansUpSpaces { get; }

    /// <summary>
    /// What the files say that is not so, such as an added token's id that is not the vocabulary's. As in the reference implementation the
    /// vocabulary decides, and the rest of the files holds.
    /// </summary>
    public IReadOnlyList<string> Warnings => _parts.Warnings;

    /// <summary>Reads a tokenizer.json and what stands beside it.</summary>
    /// <param name="path">The file, or the folder that holds it; a folder without one may hold vocab.json with merges.txt, or vocab.txt.</param>
    /// <exception cref="TokenizerException">The file is missing, damaged or asks for what is not known here.</exception>
    public static Tokenizer Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new Tokenizer(SavedFiles.Read(path));
    }

    /// <summary>Makes the tokenizer that the two files' bytes describe, as <see cref="Load"/> would.</summary>
    internal static Tokenizer FromFiles(SavedFiles files) => new(files);

    /// <summary>
    /// Writes tokenizer.json and tokenizer_config.json into a folder, made where it is missing. For a tokenizer that was read these are the bytes that were
    /// read, and special_tokens_map.json, added_tokens.json and chat_template.jinja follow where they stood beside it.
    /// </summary>
    /// <exception cref="TokenizerException">A file cannot be written.</exception>
    public void Save(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        _files.Write(folder);
    }

    /// <summary>The same tokenizer with another token that ends a text or a turn, as tokenizer_config.json names it.</summary>
    /// <param name="token">A token of the vocabulary, such as <c>&lt;|im_end|&gt;</c>.</param>
    /// <exception cref="TokenizerException">There is no such token.</exception>
    public Tokenizer WithEosToken(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        if (TokenToId(token) is null)
            throw new TokenizerException(_files.Folder, $"there is no token '{token}' to end a text; add it to the special tokens of the tokenizer, or name another");
        return new Tokenizer(_files with
        {
            Config = TokenizerConfig.WithEosToken(_files.Config, token),
            Companions = [.. _files.Companions.Select(file =>
                file.Name == TokenizerConfig.SpecialTokensFileName ? (file.Name, TokenizerConfig.WithEosToken(file.Bytes, token)) : file)],
        });
    }

    /// <inheritdoc/>
    public int[] Encode(string text, bool addSpecialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        var tokens = new TokenList(withRanges: false, (text.Length / 3) + 8);
        _encoder.Encode(text, addSpecialTokens, tokens);
        return [.. tokens.Ids];
    }

    /// <inheritdoc/>
    public (int Id, int Start, int End)[] EncodeWithOffsets(string text, bool addSpecialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        var tokens = new TokenList(withRanges: true, (text.Length / 3) + 8);
        _encoder.Encode(text, addSpecialTokens, tokens);
        return [.. tokens.Ids.Zip(tokens.Ranges!, (id, range) => (id, range.Start, range.End))];
    }

    /// <inheritdoc/>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = false)
    {
        var tokens = new List<string>(ids.Length);
        foreach (int id in ids)
            if (TokenForDecoding(id, skipSpecialTokens) is { } token)
                tokens.Add(token);
        return _parts.Decoder is { } decoder ? string.Concat(decoder.Decode(tokens)) : string.Join(' ', tokens);
    }

    /// <inheritdoc/>
    public TextStream OpenTextStream(bool skipSpecialTokens = false) => _parts.Decoder is ByteLevelDecoder
        ? new ByteLevelTextStream(id => TokenForDecoding(id, skipSpecialTokens))
        : new WindowTextStream(ids => Decode(CollectionsMarshal.AsSpan(ids), skipSpecialTokens), id => TokenForDecoding(id, skipSpecialTokens) is not null);

    /// <inheritdoc/>
    public int? TokenToId(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return _addedIds.TryGetValue(token, out int id) || _parts.Model.Vocabulary.TryGetValue(token, out id) ? id : null;
    }

    /// <inheritdoc/>
    public string? IdToToken(int id) => (uint)id < (uint)_parts.Tokens.Length ? _parts.Tokens[id] : null;

    /// <inheritdoc/>
    public bool IsSpecial(int id) => _specialIds.Contains(id);

    /// <inheritdoc/>
    public ReadOnlySpan<byte> TokenBytes(int id) => _tokenBytes.Value[id];

    /// <summary>Takes away the space before English punctuation and contractions that word-wise decoding leaves (clean_up_tokenization_spaces).</summary>
    public static string CleanUpSpaces(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        ReadOnlySpan<(string Spaced, string Clean)> rules =
        [
            (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
        ];
        foreach ((string spaced, string clean) in rules)
            text = text.Replace(spaced, clean, StringComparison.Ordinal);
        return text;
    }

    /// <summary>A token that has several ids is special in all of them, so that none is left in a text without special tokens.</summary>
    private static HashSet<int> SpecialIds(TokenizerFile parts)
    {
        HashSet<int> ids = [.. parts.AddedTokens.Where(token => token.Special).Select(token => token.Id)];
        if (parts.Model.Tokens.Count == parts.Model.Vocabulary.Count)
            return ids;
        HashSet<string> contents = new(ids.Select(id => parts.Tokens[id]!), StringComparer.Ordinal);
        ids.UnionWith(Enumerable.Range(0, parts.Tokens.Length).Where(id => parts.Tokens[id] is { } token && contents.Contains(token)));
        return ids;
    }

    private string? TokenForDecoding(int id, bool skipSpecialTokens) =>
        (uint)id < (uint)_decodingTokens.Length && !(skipSpecialTokens && IsSpecial(id)) ? _decodingTokens[id] : null;

    /// <summary>An added token is plain text, so a byte-level decoder gets it spelled in bytes and gives it back as it was.</summary>
    private string?[] DecodingTokens()
    {
        if (_parts.Decoder is not ByteLevelDecoder)
            return _parts.Tokens;
        string?[] tokens = _parts.Tokens;
        foreach (AddedToken token in _parts.AddedTokens)
            if (ByteLevelAlphabet.Map(token.Content) is var spelled && spelled != token.Content)
            {
                if (ReferenceEquals(tokens, _parts.Tokens))
                    tokens = [.. tokens];                                  // most files need no second table
                tokens[token.Id] = spelled;
            }
        return tokens;
    }
}
