namespace Cerise.Tensors.Autograd;

/// <summary>The tensor objects of a graph: made once, given out again after each step.</summary>
/// <remarks>Objects rest for one step before they are given out anew, so that one which is held too long is a stale tensor, not silently another.</remarks>
internal sealed class TensorPool(Graph graph)
{
    private List<Tensor> _tensors = [];
    private List<Tensor> _resting = [];

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

    /// <summary>Takes all back.</summary>
    public void Reset()
    {
        for (int i = 0; i < Count; i++)
            _tensors[i].End();
        Count = 0;
        (_tensors, _resting) = (_resting, _tensors);
    }
}
