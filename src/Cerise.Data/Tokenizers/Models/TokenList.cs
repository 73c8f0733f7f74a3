using System.Runtime.InteropServices;

namespace Cerise.Data.Tokenizers.Models;

/// <summary>The tokens found so far.</summary>
/// <param name="withRanges">Whether the ranges of the tokens are kept as well.</param>
/// <param name="capacity">How many tokens are expected.</param>
internal sealed class TokenList(bool withRanges, int capacity = 8)
{
    /// <summary>Ids in order.</summary>
    public List<int> Ids { get; } = new(capacity);

    /// <summary>For each id its range: within the piece as the model adds it, within the given text in the end. Null where nobody asks.</summary>
    public List<(int Start, int End)>? Ranges { get; } = withRanges ? new(capacity) : null;

    public void Add(int id, int start, int end)
    {
        Ids.Add(id);
        Ranges?.Add((start, end));
    }

    /// <summary>Takes the tokens from <paramref name="count"/> on away.</summary>
    public void Truncate(int count)
    {
        CollectionsMarshal.SetCount(Ids, count);
        if (Ranges is not null)
            CollectionsMarshal.SetCount(Ranges, count);
    }

    /// <summary>Ids from <paramref name="first"/> on, to be changed in place.</summary>
    public Span<int> From(int first) => CollectionsMarshal.AsSpan(Ids)[first..];
}
