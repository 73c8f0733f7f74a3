namespace Cerise.Tensors.Autograd;

/// <summary>An op that was applied: what it made, what it needs again, and how gradients go back. Made once, used again by every step.</summary>
internal abstract class Node
{
    private readonly List<Tensor> _outputs = [];
    private readonly List<Tensor> _kept = [];

    /// <summary>What the op made.</summary>
    public ReadOnlySpan<Tensor> Outputs => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_outputs);

    /// <summary>The tensors whose numbers <see cref="Backward"/> reads.</summary>
    public ReadOnlySpan<Tensor> Kept => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_kept);

    /// <summary>Reads the outputs' gradients and writes, or adds to, the inputs'. Not called when no output has one.</summary>
    public abstract void Backward(Graph graph);

    protected void Set(ReadOnlySpan<Tensor> outputs, ReadOnlySpan<Tensor> kept)
    {
        _outputs.Clear();
        _outputs.AddRange(outputs);
        _kept.Clear();
        _kept.AddRange(kept);
    }
}

/// <summary>The node of one kind of op.</summary>
internal sealed class Node<TBackprop> : Node
    where TBackprop : struct, IBackprop
{
    private TBackprop _op;

    public void Set(in TBackprop op, ReadOnlySpan<Tensor> outputs, ReadOnlySpan<Tensor> kept)
    {
        _op = op;
        Set(outputs, kept);
    }

    public override void Backward(Graph graph) => _op.Backward(graph);
}
