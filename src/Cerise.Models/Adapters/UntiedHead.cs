using Cerise.Models.Checkpoints;
using Cerise.Tensors;

namespace Cerise.Models.Adapters;

/// <summary>A head of its own for a model whose head is its embedding, while an adapter trains one of the two whole, or both apart, as PEFT does.</summary>
internal sealed class UntiedHead : IDisposable
{
    private const string Name = "lm_head.weight";

    private readonly CausalModel _model;
    private readonly Parameter _head;
    private readonly bool _isTrained;

    /// <param name="model">The model; its table is copied.</param>
    /// <param name="isTrained">Whether the head is trained and saved; else it stays the base's table while the embedding changes.</param>
    public UntiedHead(CausalModel model, bool isTrained)
    {
        Parameter table = model.TokenTable;
        _model = model;
        _isTrained = isTrained;
        _head = new Parameter(table.Value.Device, Name, table.Shape, table.Layout);
        _head.CopyFrom(table);
    }

    /// <summary>What is trained.</summary>
    public IEnumerable<Parameter> Parameters => _isTrained ? [_head] : [];

    /// <summary>Lets the model compute with this head, or with its embedding.</summary>
    public void Switch(bool on) => _model.UseHead(on ? _head : null);

    /// <summary>The tensors of the file.</summary>
    public IEnumerable<TensorToWrite> ToWrite(SafetensorsDType dtype) => Parameters.Select(head => CausalModel.ToWrite(head, head.Value, LoraAdapter.Prefix + Name, dtype));

    /// <summary>Reads the trained numbers.</summary>
    /// <exception cref="CheckpointException">The tensor is missing or misshapen.</exception>
    public void Read(SafetensorsReader reader, HashSet<string> used)
    {
        if (_isTrained)
            used.Add(SavedWeight.Read(_head, reader, LoraAdapter.Prefix + Name));
    }

    /// <inheritdoc/>
    public void Dispose() => _head.Dispose();
}
