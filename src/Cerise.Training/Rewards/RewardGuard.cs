using System.Globalization;

namespace Cerise.Training.Rewards;

/// <summary>Runs one reward on a thread of its own, so that neither an exception nor a hang in it ends the run.</summary>
internal static class RewardGuard
{
    public static RewardComponent Score(IReward reward, double weight, RewardBatch batch, TimeSpan timeout)
    {
        double?[] scores = new double?[batch.Count];
        var errors = new List<string>();
        if (reward is RowReward rows)
            ScoreRows(rows, batch, timeout, scores, errors);
        else
            ScoreBatch(reward, batch, timeout, scores, errors);
        for (int i = 0; i < scores.Length; i++)
        {
            if (scores[i] is not { } score || double.IsFinite(score))
                continue;
            errors.Add(string.Create(CultureInfo.InvariantCulture, $"row {i}: the score is {score}"));
            scores[i] = null;
        }
        return new RewardComponent(reward.Name, weight, scores, errors.Count, errors.FirstOrDefault());
    }

    private static void ScoreBatch(IReward reward, RewardBatch batch, TimeSpan timeout, double?[] scores, List<string> errors)
    {
        var work = new Worker(1, _ => reward.Score(batch));
        work.Start();
        string? failure = work.WaitFor(0, timeout) ? work.Failures[0] : TimedOut(timeout);
        if (failure is not null)
        {
            for (int i = 0; i < batch.Count; i++)
                errors.Add($"whole batch: {failure}");
            return;
        }
        double?[] given = work.Results[0] ?? [];
        if (given.Length != batch.Count)
            throw new RewardException($"reward '{reward.Name}' returned {given.Length} scores for {batch.Count} completions. Return one for each, null where there is none.");
        given.CopyTo(scores, 0);
    }

    private static void ScoreRows(RowReward reward, RewardBatch batch, TimeSpan timeout, double?[] scores, List<string> errors)
    {
        int next = 0;
        while (next < batch.Count)
        {
            int first = next;
            var work = new Worker(batch.Count - first, i => [reward.Score(batch[first + i])]);
            work.Start();
            bool inTime = true;
            for (; next < batch.Count && inTime; next++)
            {
                inTime = work.WaitFor(next - first, timeout);
                string? failure = inTime ? work.Failures[next - first] : TimedOut(timeout);
                if (failure is null)
                    scores[next] = work.Results[next - first]![0];
                else
                    errors.Add($"row {next}: {failure}");
            }
        }
    }

    private static string TimedOut(TimeSpan timeout) => string.Create(CultureInfo.InvariantCulture, $"no result within {timeout.TotalSeconds} s");

    // Writes only into its own arrays: one that is given up after a timeout can no longer touch a result.
    private sealed class Worker(int count, Func<int, double?[]> score)
    {
        private readonly object _gate = new();                             // pulsed whenever an item is done
        private int _done;
        private volatile bool _abandoned;

        public double?[]?[] Results { get; } = new double?[]?[count];

        public string?[] Failures { get; } = new string?[count];

        public void Start() => new Thread(Run) { IsBackground = true, Name = "reward" }.Start();

        /// <summary>Waits until item <paramref name="i"/> is done; false, and the worker given up, if it takes longer than the limit.</summary>
        public bool WaitFor(int i, TimeSpan timeout)
        {
            lock (_gate)
            {
                while (_done <= i && !_abandoned)
                    _abandoned = !Monitor.Wait(_gate, timeout) && _done <= i;
                return !_abandoned;
            }
        }

        private void Run()
        {
            for (int i = 0; i < count && !_abandoned; i++)
            {
                try
                {
                    Results[i] = score(i);
                }
                catch (Exception error)                                    // whatever user code throws is this row's error, not the run's
                {
                    Failures[i] = $"{error.GetType().Name}: {error.Message}";
                }
                lock (_gate)
                {
                    _done = i + 1;
                    Monitor.PulseAll(_gate);
                }
            }
        }
    }
}
