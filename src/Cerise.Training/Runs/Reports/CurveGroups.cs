namespace Cerise.Training.Runs.Reports;

/// <summary>Sorts a stage's metrics into charts: first those that tell how training goes, then the rest.</summary>
internal sealed record CurveGroups(IReadOnlyList<CurveGroup> Main, IReadOnlyList<CurveGroup> Others)
{
    private static readonly string[] Single = ["completions/mean_length", "loss", "kl", "entropy", "grad_norm", "learning_rate"];

    private static readonly string[] Exact = ["learning_rate", "num_tokens", "epoch"];

    public static CurveGroups Of(StageRecords stage)
    {
        var main = new List<CurveGroup>();
        var used = new HashSet<string>(StringComparer.Ordinal);
        string[] names = [.. stage.Metrics];

        Add("reward", names.Where(name => name == "reward"));
        Add("rewards by kind", names.Where(name => name.StartsWith("rewards/", StringComparison.Ordinal)
            && name.EndsWith("/mean", StringComparison.Ordinal)));
        Add("accuracy", names.Where(name => name.Contains("accuracy", StringComparison.Ordinal) && !name.EndsWith("/std", StringComparison.Ordinal)));
        foreach (string name in Single)
            Add(name, names.Where(known => known == name || known == $"eval_{name}"));
        CurveGroup[] others = [.. names.Where(name => !used.Contains(name)).Select(name => new CurveGroup(name, [Series(name)]))];
        return new CurveGroups(main, others);

        void Add(string title, IEnumerable<string> metrics)
        {
            string[] fresh = [.. metrics.Where(name => !used.Contains(name))];
            if (fresh.Length == 0)
                return;
            main.Add(new CurveGroup(fresh.Length == 1 ? fresh[0] : title, [.. fresh.Select(Series)]));
            used.UnionWith(fresh);
        }

        CurveSeries Series(string name) => new(Label(name), stage.Curve(name), Exact.Contains(name));
    }

    // rewards/accuracy/mean reads as accuracy.
    private static string Label(string name) => name.Split('/') is ["rewards", var inner, "mean"] ? inner : name;
}
