using Cerise.Data.Tokenizers.AddedTokens;
using Cerise.Data.Tokenizers.Models;
using Cerise.Data.Tokenizers.Parsing;

namespace Cerise.Data.Tokenizers.Files;

/// <summary>Gathers the added tokens of a tokenizer and decides on their ids.</summary>
/// <remarks>
/// As in Hugging Face tokenizers (added_vocabulary.rs), a token of the model's vocabulary keeps the id it has there, whatever the list of added tokens says,
/// and a token listed again changes the flags of the first, where special once is special always. A token that the vocabulary lacks has the id that its file
/// gives it, where that is free (a departure: the library takes the next one even then); else the next one after the vocabulary and the tokens added before.
/// </remarks>
/// <param name="model">Its vocabulary decides.</param>
/// <param name="vocabulary">The model's token of each id; null where there is none.</param>
internal sealed class AddedTokenReader(TokenModel model, string?[] vocabulary)
{
    private readonly SortedDictionary<int, AddedToken> _tokens = [];
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly List<string> _warnings = [];
    private int _highest = -1;                                              // id of the tokens added so far
    private int _next = vocabulary.Count(token => token is not null);

    /// <summary>What was listed otherwise than it is used.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>
    /// The file's added tokens; then those that the files beside it name: with other flags, in addition, or because a token of the model's vocabulary has a
    /// role such as pad_token and is therefore to be found in text and to be special.
    /// </summary>
    /// <returns>In order of id.</returns>
    public IReadOnlyList<AddedToken> Read(FileNode node, TokenizerConfig config)
    {
        foreach (FileNode item in node.IsNull ? [] : node.Items())
            Add(ReadToken(item, item["id"].Count32(TokenizerFile.HighestId)), item);
        foreach ((int id, FileNode item) in config.AddedTokens)
            Add(ReadToken(item, id), item);
        foreach ((int id, string content) in config.OlderAddedTokens)
            if (!_ids.ContainsKey(content))
                Add(new AddedToken(id, content) { Special = config.SpecialTokens.Contains(content), Normalized = !config.SpecialTokens.Contains(content) }, node);
        foreach (string content in config.SpecialTokens)
            if (!_ids.ContainsKey(content) && model.Vocabulary.TryGetValue(content, out int id))
                Add(new AddedToken(id, content) { Special = true }, node);
        return [.. _tokens.Values];
    }

    private void Add(AddedToken token, FileNode place)
    {
        if (token.Content.Length == 0)
            return;
        if (_ids.TryGetValue(token.Content, out int known))
        {
            _tokens[known] = token with { Id = known, Special = token.Special || _tokens[known].Special };
            return;
        }
        bool isOfModel = model.Vocabulary.TryGetValue(token.Content, out int id);
        if (!isOfModel)
            id = IsFree(token.Id) ? token.Id : NextFree(token, place);
        if (id != token.Id)
            _warnings.Add($"the added token '{FileNode.Shorten(token.Content)}' is listed with the id {token.Id} and has the id {id}, because {(isOfModel ? "the vocabulary gives it that" : "another token has the listed one")}");
        _highest = Math.Max(_highest, id);
        _tokens.Add(id, token with { Id = id });
        _ids.Add(token.Content, id);
    }

    private int NextFree(AddedToken token, FileNode place)
    {
        _next = Math.Max(_next, _highest + 1);
        while (!IsFree(_next))
            _next++;
        return _next <= TokenizerFile.HighestId ? _next
            : throw place.Fail($"'{FileNode.Shorten(token.Content)}' has the id {token.Id} of another token, and no id up to {TokenizerFile.HighestId} is free");
    }

    private bool IsFree(int id) => (id >= vocabulary.Length || vocabulary[id] is null) && !_tokens.ContainsKey(id);

    private static AddedToken ReadToken(FileNode node, int id)
    {
        bool special = node["special"].BooleanOr(false);
        return new AddedToken(id, node["content"].String())
        {
            Special = special,
            SingleWord = node["single_word"].BooleanOr(false),
            StripLeft = node["lstrip"].BooleanOr(false),
            StripRight = node["rstrip"].BooleanOr(false),
            Normalized = node["normalized"].BooleanOr(!special),
        };
    }
}
