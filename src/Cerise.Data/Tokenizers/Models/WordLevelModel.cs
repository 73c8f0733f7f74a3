namespace Cerise.Data.Tokenizers.Models;

/// <summary>Each piece is a token or unknown.</summary>
internal sealed class WordLevelModel : TokenModel
{
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _ids;
    private readonly string _unknownToken;

    /// <summary>Makes the model.</summary>
    /// <param name="vocabulary">Token to id.</param>
    /// <param name="unknownToken">The token of other pieces; a fault where the vocabulary lacks it and it is needed.</param>
    public WordLevelModel(Dictionary<string, int> vocabulary, string unknownToken)
    {
        Vocabulary = vocabulary;
        _ids = vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        _unknownToken = unknownToken;
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, int> Vocabulary { get; }

    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<char> piece, bool byteLevel, TokenList tokens)
    {
        if (!_ids.TryGetValue(piece, out int id) && !Vocabulary.TryGetValue(_unknownToken, out id))
            throw new TokenizerException($"the text holds a word that the vocabulary lacks, and the vocabulary lacks the unk_token '{_unknownToken}' of its tokenizer.json");
        tokens.Add(id, 0, piece.Length);
    }
}
