namespace Cerise.Data.Tokenizers.Decoders;

/// <summary>Takes away the space before English punctuation and contractions, as the WordPiece and CTC decoders do in each token.</summary>
internal static class EnglishCleanup
{
    private static readonly (string Spaced, string Clean)[] Rules =
    [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"), (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ];

    /// <summary>The text without those spaces.</summary>
    public static string Apply(string text)
    {
        foreach ((string spaced, string clean) in Rules)
            text = text.Replace(spaced, clean, StringComparison.Ordinal);
        return text;
    }
}
