using System.IO.Enumeration;
using Cerise.Training.Recipes;

namespace Cerise.Training.Optimizers;

/// <summary>Weights with settings of their own, chosen by name.</summary>
public sealed record ParameterGroup : IOptions
{
    /// <summary>Names of tensors as in the checkpoint; <c>*</c> stands for any text: <c>model.layers.0.*</c>, <c>*norm*</c>.</summary>
    public string Params { get; init; } = "";

    /// <summary>Factor on the learning rate, at least 0. Default 1; 0 freezes the weights.</summary>
    public double LearningRateScale { get; init; } = 1;

    /// <summary>Weight decay of the group; null (default) is what the weights have without the group.</summary>
    public double? WeightDecay { get; init; }

    /// <inheritdoc/>
    public IEnumerable<string> Faults()
    {
        if (Params.Length == 0)
            yield return "params is empty; give names of tensors, such as '*embed_tokens*'";
        if (!(LearningRateScale >= 0 && double.IsFinite(LearningRateScale)))
            yield return $"learning_rate_scale is {LearningRateScale}; use 0 (frozen) or more";
        if (WeightDecay is { } decay && !(decay >= 0))
            yield return $"weight_decay is {decay}; use 0 or more";
    }

    /// <summary>Whether the group holds a tensor.</summary>
    public bool Holds(string name) => FileSystemName.MatchesSimpleExpression(Params, name, ignoreCase: false);
}
