namespace Cerise.Data.Grammars;

/// <summary>Says at each place of one completion which tokens may come next.</summary>
/// <remarks>Belongs to one completion; not safe for use from many threads at once.</remarks>
public interface ITokenConstraint
{
    /// <summary>Whether the text may end here.</summary>
    public bool MayEnd { get; }

    /// <summary>Whether the text must end here: no token goes on.</summary>
    public bool MustEnd { get; }

    /// <summary>Writes which tokens may come next, bit id % 64 of number id / 64. End tokens are not among them: see <see cref="MayEnd"/>.</summary>
    /// <param name="allowed">One bit a token of the vocabulary; overwritten.</param>
    public void FillAllowed(Span<ulong> allowed);

    /// <summary>Takes a token that came next.</summary>
    /// <exception cref="ArgumentException">It was not allowed.</exception>
    public void Accept(int id);
}
