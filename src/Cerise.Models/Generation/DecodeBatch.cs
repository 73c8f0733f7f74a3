using Cerise.Tensors;
using Cerise.Tensors.Autograd;

namespace Cerise.Models.Generation;

/// <summary>The sequences that run together, in the order they began: samples of one prompt stand side by side, so that shared keys can be read once.</summary>
/// <remarks>What a step needs is kept from step to step: one in which no sequence begins or ends allocates nothing here.</remarks>
internal sealed class DecodeBatch(CausalModel model)
{
    private readonly AttentionPlan _plan = new();
    private readonly Indices _newest = new();
    private int[] _ids = [];

    /// <summary>The sequences.</summary>
    public List<RunningSequence> Running { get; } = [];

    /// <summary>Runs the newest token of every sequence through the model.</summary>
    /// <returns>What the next ones are drawn from, [sequences, hidden].</returns>
    public Tensor Step(Graph graph, KvCache cache)
    {
        int count = Running.Count;
        if (_ids.Length < count)
            _ids = new int[count];
        _plan.Clear();
        for (int i = 0; i < count; i++)
        {
            _ids[i] = Running[i].Ids[^1];
            Running[i].Plan(_plan, cache);
        }
        _newest.Set(_ids.AsSpan(0, count));
        return model.HiddenStates(graph, _newest, _plan, cache);
    }
}
