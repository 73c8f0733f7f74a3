namespace Cerise.Training.Runs;

/// <summary>How one model did on held-out problems: a row of <c>evaluation.json</c>.</summary>
/// <param name="Model">What the model is called, such as "base" or "final".</param>
/// <param name="Accuracy">Share of right answers, in [0, 1].</param>
/// <param name="Low">Lower end of the accuracy's 95 % interval.</param>
/// <param name="High">Upper end.</param>
/// <param name="Problems">How many problems.</param>
/// <param name="MeanLength">Mean length of the completions in tokens.</param>
/// <param name="WellFormed">Share of completions in the asked format, in [0, 1]; null where none was asked for.</param>
public sealed record EvaluationRow(string Model, double Accuracy, double Low, double High, int Problems, double MeanLength, double? WellFormed = null);
