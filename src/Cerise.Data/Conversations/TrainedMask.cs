namespace Cerise.Data.Conversations;

/// <summary>From trained characters to trained tokens.</summary>
internal static class TrainedMask
{
    /// <summary>Marks the tokens that begin inside a span.</summary>
    /// <param name="tokens">In the text's order.</param>
    /// <param name="spans">Stretches of characters, in order, apart from each other.</param>
    /// <returns>1 for each trained token, else 0; and how many tokens lie across a border, which is where text and tokens disagree.</returns>
    public static (byte[] Trained, int Straddling) Of(ReadOnlySpan<(int Id, int Start, int End)> tokens, ReadOnlySpan<(int Start, int End)> spans)
    {
        byte[] trained = new byte[tokens.Length];
        int straddling = 0, span = 0;
        for (int i = 0; i < tokens.Length; i++)
        {
            (_, int start, int end) = tokens[i];
            while (span < spans.Length && spans[span].End <= start)
                span++;
            if (span == spans.Length)
                break;
            if (start >= spans[span].Start)
                trained[i] = 1;
            if ((start < spans[span].Start && end > spans[span].Start) || (start < spans[span].End && end > spans[span].End))
                straddling++;
        }
        return (trained, straddling);
    }
}
