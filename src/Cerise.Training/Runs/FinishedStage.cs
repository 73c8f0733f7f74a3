namespace Cerise.Training.Runs;

/// <summary>A stage that is done.</summary>
/// <param name="Stage">Its name.</param>
/// <param name="Step">Its last step.</param>
public sealed record FinishedStage(string Stage, long Step);
