using Cerise.Models.Configs;
using Cerise.Tensors;

namespace Cerise.Models.Adapters;

/// <summary>A module that can have an adapter: a linear layer, the embedding, or the head.</summary>
/// <param name="Path">Its path in the model, as PEFT says it: the weight's name without its end.</param>
/// <param name="Role">What it is.</param>
/// <param name="Weight">[out, in]; of the embedding, and of a head that is the embedding, the table.</param>
internal sealed record AdaptableModule(string Path, TensorRole Role, Parameter Weight)
{
    private const string End = ".weight";
    private const string HeadPath = "lm_head";

    /// <summary>The last part of the path.</summary>
    public string Name => Path[(Path.LastIndexOf('.') + 1)..];

    /// <summary>Whether it is a linear layer other than the head.</summary>
    public bool IsLinear => Role == TensorRole.Weight;

    /// <summary>Whether it is the head.</summary>
    public bool IsHead => Role == TensorRole.LmHead;

    /// <summary>Whether its rows are looked up.</summary>
    public bool IsEmbedding => Role == TensorRole.TokenEmbedding;

    /// <summary>All of a model, in the order of the forward pass. A head that is the embedding is a module of its own.</summary>
    public static IReadOnlyList<AdaptableModule> Of(CausalModel model)
    {
        IReadOnlyList<ExpectedTensor> tensors = ModelTensors.Of(model.Config);
        List<AdaptableModule> modules =
        [
            .. tensors.Where(tensor => tensor.Role is TensorRole.Weight or TensorRole.TokenEmbedding or TensorRole.LmHead)
                .Select(tensor => new AdaptableModule(PathOf(FullName(model.Config, tensor.Name)), tensor.Role, model.Parameter(tensor.Name))),
        ];
        if (!modules.Any(module => module.IsHead))
            modules.Add(new AdaptableModule(HeadPath, TensorRole.LmHead, modules.First(module => module.IsEmbedding).Weight));
        return modules;
    }

    /// <summary>A tensor's name with the beginning that files of a model without its head leave out.</summary>
    public static string FullName(ModelConfig config, string tensor) =>
        config.HasBareNames && PathOf(tensor) != HeadPath ? ModelFamilies.Find(config.ModelType)!.Prefix + tensor : tensor;

    /// <summary>The path of the module that a tensor belongs to: its name up to the last point.</summary>
    public static string PathOf(string tensor) => tensor.EndsWith(End, StringComparison.Ordinal) ? tensor[..^End.Length] : tensor[..Math.Max(0, tensor.LastIndexOf('.'))];
}
