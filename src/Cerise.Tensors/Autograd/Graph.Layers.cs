namespace Cerise.Tensors.Autograd;

public sealed partial class Graph
{
    private readonly List<Layer> _layers = [];

    /// <summary>Applies a layer of a deep model, and gives up what nothing reads any more: the layer's inner tensors and its inputs.</summary>
    /// <remarks>While recording, what the backward pass reads stays, in the way that <see cref="Activations"/> says.</remarks>
    /// <param name="layer">The layer.</param>
    /// <param name="stream">What the layer adds to; not to be used afterwards.</param>
    /// <param name="normed">Its norm; not to be used afterwards.</param>
    public (Tensor Stream, Tensor Normed) Apply<TLayer>(in TLayer layer, Tensor stream, Tensor normed)
        where TLayer : struct, ILayer
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(normed);
        bool isCheckpoint = Recording && Activations == ActivationMemory.Checkpoints;
        (int firstNode, int firstTensor) = (_tape.Count, _tensors.Count);
        Recording &= !isCheckpoint;
        (Tensor nextStream, Tensor nextNormed) = layer.Forward(stream, normed);
        if (isCheckpoint)
        {
            Recording = true;
            Record(new Checkpoint<TLayer>(layer, stream, normed, nextStream, nextNormed), outputs: [nextStream, nextNormed], keeps: [], statistics: [stream]);
        }
        for (int i = firstTensor; i < _tensors.Count; i++)
            if (_tensors[i] != nextStream && _tensors[i] != nextNormed)
                Settle(_tensors[i]);
        Settle(stream);
        Settle(normed);
        if (_tape.Count > firstNode)
            _layers.Add(new Layer(firstNode, firstTensor, _tensors.Count));
        return (nextStream, nextNormed);
    }

    /// <summary>Computes a layer again and sends its gradient back: from the next stream and norm to the stream and norm before it.</summary>
    internal void Recompute<TLayer>(in TLayer layer, Tensor stream, Tensor normed, Tensor nextStream, Tensor nextNormed)
        where TLayer : struct, ILayer
    {
        (int firstNode, int firstTensor) = (_tape.Count, _tensors.Count);
        Tensor again = Constant(stream);
        Recording = false;
        Tensor normedAgain = layer.Norm(again);
        Recording = true;
        (again.RequiresGrad, normedAgain.RequiresGrad) = (true, true);
        (Tensor nextStreamAgain, Tensor nextNormedAgain) = layer.Forward(again, normedAgain);
        int endTensor = _tensors.Count;
        Move(nextStream, nextStreamAgain);
        Move(nextNormed, nextNormedAgain);
        RunTape(firstNode);
        Move(again, stream);
        Move(normedAgain, normed);
        Release(firstTensor, endTensor);
    }

    // A layer is done: its tensors go, or wait for the backward pass.
    private void Settle(Tensor tensor)
    {
        if (!tensor.IsKept)
            Release(tensor);
        else if (Activations == ActivationMemory.Bfloat16 && !tensor.IsStatistic)
            Pack(tensor);
    }

    // Behind a layer's first node, on the way back, nothing reads its tensors any more.
    private void LeaveLayers(int node)
    {
        while (_layers.Count > 0 && _layers[^1].FirstNode == node)
        {
            Release(_layers[^1].FirstTensor, _layers[^1].EndTensor);
            _layers.RemoveAt(_layers.Count - 1);
        }
    }

    private void Release(int firstTensor, int endTensor)
    {
        for (int i = firstTensor; i < endTensor; i++)
            Release(_tensors[i]);
    }

    private void Release(Tensor tensor)
    {
        if (tensor.Memory is { } memory && tensor.OwnsMemory)
            _arena.Return(memory.IsPacked ? PackedLength(tensor) : tensor.Shape.Length, memory.Block, memory.Offset);
        tensor.Memory = null;
    }

    private void Pack(Tensor tensor)
    {
        if (tensor.Memory is not { IsPacked: false } || !tensor.OwnsMemory)
            return;
        (Storage block, long offset) = _arena.Rent(PackedLength(tensor));
        Device.ToBfloat16(tensor, block, offset);
        Release(tensor);
        tensor.Memory = new TensorMemory(block, offset, IsPacked: true);
    }

    private void Unpack(Tensor tensor)
    {
        if (tensor.Memory is not { IsPacked: true } packed)
            return;
        (Storage block, long offset) = _arena.Rent(tensor.Shape.Length);
        tensor.Memory = new TensorMemory(block, offset, IsPacked: false);
        Device.FromBfloat16(packed.Block, packed.Offset, tensor);
        _arena.Return(PackedLength(tensor), packed.Block, packed.Offset);
    }

    // Two bfloat16 numbers take the place of one float32.
    private static long PackedLength(Tensor tensor) => (tensor.Shape.Length + 1) / 2;

    /// <summary>Where a layer begins on the tape, and which tensors are its own.</summary>
    private readonly record struct Layer(int FirstNode, int FirstTensor, int EndTensor);
}
