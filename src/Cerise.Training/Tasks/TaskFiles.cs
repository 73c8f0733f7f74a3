using System.Text.Json;
using Cerise.Tensors;
using Cerise.Training.Evaluation;

namespace Cerise.Training.Tasks;

/// <summary>A task's data on disk, as JSON lines with TRL's columns.</summary>
/// <param name="Corpus">Documents: <c>{"text"}</c>.</param>
/// <param name="Prompts">Prompts for reinforcement learning: <c>{"prompt","answer","question",...}</c>.</param>
/// <param name="Evaluation">Held-out problems: the same columns as the prompts.</param>
public sealed record TaskFiles(string Corpus, string Prompts, string Evaluation)
{
    /// <summary>Makes corpus, prompts and evaluation from a seed; no question occurs in two of them, and the files are checked for it once more as written.</summary>
    /// <param name="task">The task.</param>
    /// <param name="seed">Where everything comes from: the same seed gives the same bytes.</param>
    /// <param name="folder">Where to write <c>corpus.jsonl</c>, <c>prompts.jsonl</c> and <c>evaluation.jsonl</c>.</param>
    /// <param name="options">How much.</param>
    /// <param name="exclude">Questions that others hold out: they occur in no prompt and no document.</param>
    /// <exception cref="TaskException">The task has too few problems.</exception>
    /// <exception cref="Runs.RunException">A file cannot be written.</exception>
    /// <exception cref="ContaminationException">An evaluation question occurs in training data.</exception>
    public static TaskFiles Write(ITask task, Seed seed, string folder, TaskFileOptions? options = null, IReadOnlySet<string>? exclude = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        options ??= new();
        TaskException.ThrowIfAny(task.Name, options.Faults());
        var files = new TaskFiles(Path.Combine(folder, "corpus.jsonl"), Path.Combine(folder, "prompts.jsonl"), Path.Combine(folder, "evaluation.jsonl"));

        var used = new HashSet<string>(exclude ?? new HashSet<string>(), StringComparer.Ordinal);
        WriteProblems(files.Evaluation, task, task.Problems(seed.Fork("evaluation"), options.EvaluationProblems), used);
        WriteProblems(files.Prompts, task, task.Problems(seed.Fork("prompts"), options.Prompts, used), used);
        JsonLines.Write(files.Corpus, task.Documents(seed.Fork("corpus"), options.Documents, used), (row, text) => row.WriteString("text", text));
        ContaminationCheck.Run(files.Evaluation, files.Corpus, files.Prompts);
        return files;
    }

    private static void WriteProblems(string path, ITask task, IEnumerable<IProblem> problems, HashSet<string> used)
    {
        IProblem[] all = [.. problems];                                    // drawn in full before "used" grows, since it is also what they exclude
        JsonLines.Write(path, all, (row, problem) => WriteColumns(row, task, problem));
        used.UnionWith(all.Select(problem => problem.Question));
    }

    private static void WriteColumns(Utf8JsonWriter row, ITask task, IProblem problem)
    {
        row.WriteString("prompt", task.Prompt(problem));
        row.WriteString("answer", problem.Answer);
        row.WriteString("question", problem.Question);
        problem.WriteColumns(row);
    }
}
