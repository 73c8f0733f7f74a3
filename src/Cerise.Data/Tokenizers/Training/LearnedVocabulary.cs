namespace Cerise.Data.Tokenizers.Training;

/// <summary>What training found.</summary>
/// <param name="Tokens">The token of each id.</param>
/// <param name="Merges">Pairs of ids, first learned first.</param>
internal sealed record LearnedVocabulary(IReadOnlyList<string> Tokens, IReadOnlyList<(int Left, int Right)> Merges);
