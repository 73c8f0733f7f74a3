using System.Globalization;
using Cerise.Tensors;
using Cerise.Training.Verifiers;

namespace Cerise.Training.Tasks;

/// <summary>What all generated tasks share: drawing different problems, and writing documents in several styles and formats.</summary>
/// <typeparam name="TProblem">The task's problems.</typeparam>
public abstract class ProblemTask<TProblem> : ITask where TProblem : class, IProblem
{
    private const int MostMisses = 2000;                                   // draws in a row without a new problem before the space counts as used up

    private readonly string _template;
    private readonly DocumentMixture _mixture;

    private protected ProblemTask(string template, DocumentMixture mixture) => (_template, _mixture) = (template, mixture);

    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public abstract string VerifierKind { get; }

    /// <summary>Different problems, none of which is excluded; the same ones for the same seed, whatever <paramref name="count"/> is.</summary>
    /// <param name="seed">Where the draws come from.</param>
    /// <param name="count">How many.</param>
    /// <param name="exclude">Questions that must not occur.</param>
    /// <exception cref="TaskException">The options allow too few different problems.</exception>
    public IEnumerable<TProblem> Generate(Seed seed, int count, IReadOnlySet<string>? exclude = null)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        int misses = 0;
        for (long draw = 0; seen.Count < count; draw++)
        {
            TProblem? problem = Draw(seed.Fork(draw).Stream());
            if (problem is not null && exclude?.Contains(problem.Question) != true && seen.Add(problem.Question))
            {
                misses = 0;
                yield return problem;
            }
            else if (++misses == MostMisses)
            {
                throw new TaskException(string.Create(
                    CultureInfo.InvariantCulture, $"{Name}: found {seen.Count} new problems of {count}. Ask for fewer, or widen the range of numbers or steps."));
            }
        }
    }

    /// <summary>The prompt that asks a problem.</summary>
    public string Prompt(TProblem problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        return PromptTemplate.Fill(_template, problem.Question);
    }

    /// <summary>A solved problem as a text: prompt and response in one, or an exercise with its solution.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="style">How much of the way it shows.</param>
    /// <param name="format">The form of the response; without meaning for <see cref="DocumentStyle.Textbook"/>.</param>
    /// <param name="seed">Where a style that has a choice draws from.</param>
    public string Document(TProblem problem, DocumentStyle style, DocumentFormat format, Seed seed)
    {
        ArgumentNullException.ThrowIfNull(problem);
        (string thought, string answer) = Solve(problem, style, seed.Stream());
        return style == DocumentStyle.Textbook ? $"{problem.Question}\nSolution: {thought}" : $"{Prompt(problem)} {Response(thought, answer, style, format)}";
    }

    /// <inheritdoc/>
    public IEnumerable<string> Documents(Seed seed, int count, IReadOnlySet<string>? exclude = null)
    {
        int i = 0;
        foreach (TProblem problem in Generate(seed.Fork("problem"), count, exclude))
        {
            Seed document = seed.Fork("document").Fork(i++);
            RandomStream random = document.Fork("mixture").Stream();
            yield return Document(problem, _mixture.DrawStyle(random), _mixture.DrawFormat(random), document);
        }
    }

    IEnumerable<IProblem> ITask.Problems(Seed seed, int count, IReadOnlySet<string>? exclude) => Generate(seed, count, exclude);

    string ITask.Prompt(IProblem problem) => Prompt((TProblem)problem);

    /// <summary>One random problem; null where the draw made none.</summary>
    private protected abstract TProblem? Draw(RandomStream random);

    /// <summary>The thought of a style (empty for a direct answer) and the answer it ends in.</summary>
    private protected abstract (string Thought, string Answer) Solve(TProblem problem, DocumentStyle style, RandomStream random);

    private static string Response(string thought, string answer, DocumentStyle style, DocumentFormat format)
    {
        const string Nothing = "Easy.";                                    // a thought that holds no step: the answer comes at once
        string inside = style == DocumentStyle.Direct ? Nothing : thought;
        string before = thought.Length == 0 ? "" : $"{thought} ";
        string tagged = $"{ResponseFormat.AnswerOpen} {answer} {ResponseFormat.AnswerClose}";
        return format switch
        {
            DocumentFormat.Tags => $"{Thinking.Open} {inside} {Thinking.Close} {tagged}",
            DocumentFormat.NoThink => $"{before}{tagged}",
            DocumentFormat.OpenThink => $"{Thinking.Open} {inside} {tagged}",
            DocumentFormat.Plain => $"{before}The answer is {answer}.",
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, "no such format"),
        };
    }
}
