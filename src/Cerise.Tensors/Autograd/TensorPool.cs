namespace Cerise.Tensors.Autograd;

/// <summary>The tensor objects of a graph: made once, given out again after each step.</summary>
internal sealed class TensorPool(Graph graph)
{
    private readonly List<Tensor> _tensors = [];

    /// <summary>How many are in use.</summary>
    public int Count { get; private set; }

    /// <summary>The tensor given out as number <paramref name="index"/>.</summary>
    public Tensor this[int index] => _tensors[index];

    /// <summary>An object to be placed.</summary>
    public Tensor Rent()
    {
        if (Count == _tensors.Count)
            _tensors.Add(new Tensor(graph));
        return _tensors[Count++];
    }

    /// <summary>Takes back all that were given out since there were <paramref name="count"/>.</summary>
    public void TakeBack(int count)
    {
        for (int i = count; i < Count; i++)
            _tensors[i].Forget();
        Count = count;
    }
}
