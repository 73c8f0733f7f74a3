using Cerise.Models.Adapters;
using Cerise.Models.Checkpoints;
using Cerise.Models.Configs;
using Cerise.Tensors;

namespace Cerise.Models;

public sealed partial class CausalModel
{
    private readonly HashSet<Parameter> _frozen = [];

    /// <summary>The adapter the model computes with and that training changes in place of the weights; null (default) for none.</summary>
    public LoraAdapter? Adapter { get; private set; }

    /// <summary>Whether head and embedding are one table, but for an adapter that trains one of them whole.</summary>
    public bool IsTied { get; }

    /// <summary>The table that tokens are looked up in.</summary>
    internal Parameter TokenTable => _embedTokens;

    /// <summary>What training changes: the adapter where there is one, else all weights but those that <see cref="Freeze"/> named.</summary>
    public IReadOnlyList<Parameter> TrainedParameters => Adapter?.Parameters ?? [.. Parameters.Where(parameter => !_frozen.Contains(parameter))];

    /// <summary>Gives the model a fresh adapter, with which it computes what it did before, bit for bit.</summary>
    /// <param name="config">Ranks, scales and modules.</param>
    /// <param name="seed">Source of the factors.</param>
    /// <exception cref="AdapterException">The config does not fit the model.</exception>
    /// <exception cref="InvalidOperationException">There is one already.</exception>
    public LoraAdapter AddAdapter(LoraConfig config, Seed seed)
    {
        ArgumentNullException.ThrowIfNull(config);
        RequireNoAdapter();
        return Adapter = LoraAdapter.Create(this, config, seed);
    }

    /// <summary>Gives the model the adapter of a folder in PEFT's layout.</summary>
    /// <exception cref="CheckpointException">A file is missing, damaged, or does not fit the model.</exception>
    /// <exception cref="InvalidOperationException">There is one already.</exception>
    public LoraAdapter LoadAdapter(string folder)
    {
        RequireNoAdapter();
        return Adapter = LoraAdapter.Load(this, folder);
    }

    /// <summary>Takes the adapter off; the model is its base again.</summary>
    public void RemoveAdapter()
    {
        Adapter?.Dispose();
        Adapter = null;
    }

    /// <summary>Leaves weights as they are when the model is trained: they get no gradient and no optimizer state.</summary>
    /// <param name="frozen">Which, by name.</param>
    public void Freeze(Func<string, bool> frozen)
    {
        ArgumentNullException.ThrowIfNull(frozen);
        _frozen.UnionWith(Parameters.Where(parameter => frozen(parameter.Name)));
    }

    /// <summary>Works the adapter into the weights, W + s B A in float32, and takes it off: the model computes the same, to rounding, as fast as its base.</summary>
    /// <param name="keepsBase">Whether the weights that change are kept as they were, for <see cref="Unmerge"/>. Default true.</param>
    /// <returns>The adapter, switched off, for <see cref="Unmerge"/>; dispose of it if that is not wanted.</returns>
    /// <exception cref="InvalidOperationException">There is no adapter, weights are stored in 16 bits, or a table that is embedding and head is changed as one of the two.</exception>
    public LoraAdapter Merge(bool keepsBase = true)
    {
        LoraAdapter adapter = Adapter ?? throw new InvalidOperationException("the model has no adapter to merge");
        if (DType != DType.Float32)
            throw new InvalidOperationException($"the weights are stored as {DType.Name()}, which would round the change away: load the model with dtype float32, or save it, which merges too");
        if (MergeUnties)
            throw new InvalidOperationException("embedding and head are one table, and the adapter changes them apart: save the model (./cerise merge), which merges and unties them, and load that");
        adapter.Merge(keepsBase);
        Adapter = null;
        return adapter;
    }

    /// <summary>Takes an adapter that <see cref="Merge"/> worked in out of the weights again: the base, bit for bit, with the adapter on it.</summary>
    /// <exception cref="InvalidOperationException">The model has an adapter, or this one was merged without keeping the base's weights.</exception>
    public void Unmerge(LoraAdapter adapter)
    {
        ArgumentNullException.ThrowIfNull(adapter);
        RequireNoAdapter();
        adapter.Unmerge();
        Adapter = adapter;
    }

    // A table that is embedding and head, and is adapted as one of the two, is two tables afterwards.
    private bool MergeUnties => IsTied && (_embedTokens.Adapter is not null || _embedTokens.LookupAdapter is not null || _lmHead != _embedTokens);

    /// <summary>Lets a model whose head is its embedding compute with another head; null for the embedding again.</summary>
    internal void UseHead(Parameter? head) => _lmHead = head ?? _embedTokens;

    /// <summary>Sets a weight from what is computed of its rows, some at a time.</summary>
    internal static void Rewrite(Parameter parameter, Action<int, Span<float>> rows)
    {
        (int count, int columns) = (parameter.Shape.Rows, parameter.Shape.Columns);
        float[] buffer = new float[Math.Clamp(NumbersAtOnce / columns, 1, count) * columns];
        for (int row = 0; row < count; row += buffer.Length / columns)
        {
            Span<float> part = buffer.AsSpan(0, Math.Min(buffer.Length, (count - row) * columns));
            rows(row, part);
            parameter.SetRows(row, part);
        }
    }

    // What a file holds: the weights with the adapter worked in.
    private IEnumerable<TensorToWrite> MergedTensors(SafetensorsDType dtype)
    {
        foreach ((Parameter parameter, ExpectedTensor tensor) in Parameters.Zip(ModelTensors.Of(Config)))
        {
            bool isTable = parameter == _embedTokens && (MergeUnties || !IsTied);
            yield return tensor.IsTransposed
                ? TransposedWeight.ToWrite(parameter, dtype, MergedWeight.Of(parameter, isTable) is { } merged ? merged.GetRows : null)
                : MergedTensor(parameter, parameter.Name, isTable, dtype);
        }
        if (MergeUnties)
            yield return MergedTensor(_lmHead, "lm_head.weight", isTable: false, dtype);
    }

    private static TensorToWrite MergedTensor(Parameter parameter, string name, bool isTable, SafetensorsDType dtype)
    {
        TensorToWrite plain = ToWrite(parameter, parameter.Value, name, dtype);
        if ((isTable ? parameter.LookupAdapter : parameter.Adapter) is null)
            return plain;
        // Copies of the factors are made when the tensor's turn comes, and dropped after it.
        MergedWeight? merged = null;
        return plain with
        {
            Values = (first, destination) =>
            {
                merged ??= MergedWeight.Of(parameter, isTable)!;
                CopyElements(parameter.Shape.Columns, merged.GetRows, first, destination);
                if (first + destination.Length == parameter.Shape.Length)
                    merged = null;
            },
        };
    }

    private void RequireNoAdapter()
    {
        if (Adapter is not null)
            throw new InvalidOperationException("the model has an adapter already: merge or remove it first");
    }
}
