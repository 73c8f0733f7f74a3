using System.Globalization;
using System.Text;
using Cerise.Training.Runs;

namespace Cerise.Training.Benchmarks.Pages;

/// <summary>Writes what was measured into a repository: numbers, pictures, and the tables of <c>docs/performance.md</c>.</summary>
/// <remarks>The page's text stays; only what stands between <c>&lt;!-- bench:NAME --&gt;</c> and <c>&lt;!-- /bench:NAME --&gt;</c> is replaced.</remarks>
public static class PerformancePages
{
    private const string Page = "docs/performance.md";
    private const string Images = "docs/images";
    private const string Results = "bench/results";
    private const string Peers = "bench/results/peers.jsonl";

    /// <summary>Keeps the lines of a run as <c>bench/results/CPU/DATE.jsonl</c>.</summary>
    /// <param name="repository">The repository's folder.</param>
    /// <param name="environment">Where and when it was measured.</param>
    /// <param name="lines">The results' lines, kernels included.</param>
    /// <returns>The file's path within the repository.</returns>
    /// <exception cref="RunException">The file cannot be written.</exception>
    public static string Keep(string repository, RunEnvironment environment, string lines)
    {
        ArgumentNullException.ThrowIfNull(environment);
        string date = environment.Started.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        string path = $"{Results}/{FolderOf(environment)}/{date}.jsonl";
        AtomicFile.WriteText(Path.Combine(repository, path), BenchmarkLines.Text(environment) + lines);
        return path;
    }

    /// <summary>Draws the pictures and rewrites the tables that the run has results for; the others stay.</summary>
    /// <param name="repository">The repository's folder.</param>
    /// <param name="run">What was measured.</param>
    /// <returns>Paths of what was written, within the repository.</returns>
    /// <exception cref="TrainingException">The page is not there or its marks do not fit.</exception>
    /// <exception cref="RunException">A file cannot be written.</exception>
    public static IReadOnlyList<string> Write(string repository, BenchmarkRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        string page = Path.Combine(repository, Page);
        if (!File.Exists(page))
            throw new TrainingException($"{page}: there is no such page. Name the folder of Cerise's repository.");
        string text = File.ReadAllText(page);
        List<string> written = [];
        Dictionary<string, CurvePicture> pictures = PerformancePictures.Of(run.Results).ToDictionary(named => named.Name, named => named.Picture);
        foreach ((string name, string table) in PerformanceTables.Of(run, ReadPeers(repository)))
        {
            string image = pictures.TryGetValue(name, out CurvePicture? picture) ? $"![{picture.Title}](images/perf-{name}.svg)\n\n" : "";
            text = Replace(text, name, image + table, page);
        }
        foreach ((string name, CurvePicture picture) in pictures)
            Put($"{Images}/perf-{name}.svg", picture.Render());
        Put(Page, text);
        return written;

        void Put(string path, string content)
        {
            AtomicFile.WriteText(Path.Combine(repository, path), content);
            written.Add(path);
        }
    }

    internal static string FolderOf(RunEnvironment environment)
    {
        var name = new StringBuilder();
        foreach (char c in environment.Cpu)
            if (char.IsAsciiLetterOrDigit(c))
                name.Append(char.ToLowerInvariant(c));
            else if (name.Length > 0 && name[^1] != '-')
                name.Append('-');
        return string.Create(CultureInfo.InvariantCulture, $"{name.ToString().Trim('-')}-{environment.Cores}-cores");
    }

    internal static string Replace(string text, string name, string content, string file)
    {
        string open = $"<!-- bench:{name} -->\n", close = $"<!-- /bench:{name} -->";
        int start = text.IndexOf(open, StringComparison.Ordinal), end = text.IndexOf(close, StringComparison.Ordinal);
        if (start < 0 || end < start)
            throw new TrainingException($"{file}: has no place for '{name}'. Put the lines '{open.TrimEnd()}' and '{close}' where it belongs.");
        return string.Concat(text.AsSpan(0, start + open.Length), content, text.AsSpan(end));
    }

    private static IReadOnlyList<PeerResult> ReadPeers(string repository)
    {
        string path = Path.Combine(repository, Peers);
        return File.Exists(path) ? PeerResult.Read(File.ReadLines(path), path) : [];
    }
}
