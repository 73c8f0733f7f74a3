namespace Cerise.Data.Tokenizers.AddedTokens;

/// <summary>A token that is found in the text before the model sees it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">Its text.</param>
internal sealed record AddedToken(int Id, string Content)
{
    /// <summary>Structure rather than text: may be left out when decoding.</summary>
    public bool Special { get; init; }

    /// <summary>Found only where no word character touches it.</summary>
    public bool SingleWord { get; init; }

    /// <summary>Takes the white space before it.</summary>
    public bool StripLeft { get; init; }

    /// <summary>Takes the white space after it.</summary>
    public bool StripRight { get; init; }

    /// <summary>Found in normalized text, itself normalized, rather than in the text as it came.</summary>
    public bool Normalized { get; init; }
}
