namespace Cerise.Training.Trainers;

/// <summary>Rule 1 of the design, checked at every step: a token's log-probability in training has the bits that were recorded when it was sampled.</summary>
internal static class RolloutCheck
{
    /// <param name="batch">The step's completions.</param>
    /// <param name="rows">Those that were recomputed.</param>
    /// <param name="recomputed">Their tokens' log-probabilities under unchanged weights, end to end.</param>
    /// <exception cref="TrainingException">A log-probability differs.</exception>
    public static void Require(GrpoBatch batch, int[] rows, float[] recomputed)
    {
        int next = 0;
        foreach (int row in rows)
        {
            IReadOnlyList<float> recorded = batch.OldLogProbs(row);
            for (int token = 0; token < recorded.Count; token++, next++)
                if (BitConverter.SingleToInt32Bits(recorded[token]) != BitConverter.SingleToInt32Bits(recomputed[next]))
                    throw new TrainingException(
                        $"rollout and trainer disagree: token {token} of completion {row} had log-probability {recorded[token]:R} when sampled and has {recomputed[next]:R} in training. "
                        + "This is a bug in Cerise, please report it with the run's environment.json");
        }
    }
}
