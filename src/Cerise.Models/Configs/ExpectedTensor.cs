namespace Cerise.Models.Configs;

/// <summary>A tensor that a config asks its checkpoint to hold.</summary>
/// <param name="Name">Name in Hugging Face's files.</param>
/// <param name="Shape">Sizes of its dimensions in the file, outermost first; weights are [out, in] unless <see cref="IsTransposed"/>.</param>
/// <param name="Role">What it is for.</param>
/// <param name="Layer">Index of its decoder layer, from 0; null outside the layers.</param>
/// <param name="Reason">Where its outermost size comes from, for messages: <c>4 kv heads of 64</c>.</param>
public sealed record ExpectedTensor(string Name, IReadOnlyList<long> Shape, TensorRole Role, int? Layer, string Reason)
{
    /// <summary>Whether the file holds a weight as [in, out], as GPT-2's do.</summary>
    public bool IsTransposed { get; init; }

    /// <summary>Number of elements.</summary>
    public long ElementCount => Shape.Aggregate(1L, (product, size) => product * size);
}
