namespace Cerise.Models.Generation;

/// <summary>Watches one completion grow: may hold it to some tokens, and may end it. Belongs to one completion, and is called by one thread at a time.</summary>
public interface ICompletionGuide
{
    /// <summary>Says which tokens may come next; asked once before each.</summary>
    /// <param name="allowed">Bit id % 64 of number id / 64 for every token of the vocabulary; written where the answer is true, at least one bit of it.</param>
    /// <returns>False where every token may come, and <paramref name="allowed"/> is as it was.</returns>
    public bool Constrain(Span<ulong> allowed);

    /// <summary>Takes the token that came; not asked for tokens of <see cref="SamplingOptions.StopIds"/>, which end the completion by themselves.</summary>
    /// <returns>Whether the completion ends with it.</returns>
    public bool Append(int id);
}
