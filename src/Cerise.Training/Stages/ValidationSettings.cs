using Cerise.Training.Batches;
using Cerise.Training.Trainers;

namespace Cerise.Training.Stages;

/// <summary>What stages that evaluate on held-back rows have in common.</summary>
internal static class ValidationSettings
{
    /// <summary>What is wrong with the settings.</summary>
    public static IEnumerable<string> Faults(SupervisedOptions options, string evalData, double validationSplit)
    {
        if (validationSplit is not (>= 0 and < 1))
            yield return $"validation_split is {validationSplit}; use a number in [0, 1), such as 0.05";
        if (evalData.Length > 0 && validationSplit > 0)
            yield return "eval_data and validation_split are both set; choose one of the two";
        bool hasValidation = evalData.Length > 0 || validationSplit > 0;
        if (!hasValidation && options.EarlyStoppingPatience > 0)
            yield return "early_stopping_patience needs rows to evaluate on; set eval_data or validation_split";
        if (!hasValidation && options.LoadBestModelAtEnd)
            yield return "load_best_model_at_end needs rows to evaluate on; set eval_data or validation_split";
    }

    /// <summary>Requires that rows were held back where they were asked for, with something to score in them.</summary>
    public static void Require<T>(Preflight preflight, IReadOnlyCollection<T> rows, IReadOnlyList<TokenSequence> examples)
    {
        if (rows.Count == 0)
            return;
        long tokens = examples.Sum(example => (long)example.TrainedCount);
        preflight.Require("validation", tokens > 0, tokens > 0
            ? $"{examples.Count} examples, {tokens} scored tokens"
            : $"none of the {rows.Count} validation rows has a token to score within max_length; raise it or choose other rows");
    }
}
