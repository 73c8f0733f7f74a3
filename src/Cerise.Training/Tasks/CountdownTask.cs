using Cerise.Tensors;
using Cerise.Training.Verifiers;

namespace Cerise.Training.Tasks;

/// <summary>Task "countdown": make a target from numbers with + - * /, each number exactly once (TinyZero's task).</summary>
/// <remarks>Worked documents search as a person does: "25 - 7 = 18, 18 + 4 = 22 no. 25 + 7 = 32, 32 - 4 = 28 yes."</remarks>
public sealed class CountdownTask : ProblemTask<CountdownProblem>
{
    private readonly CountdownTaskOptions _options;

    /// <summary>Makes the task.</summary>
    /// <exception cref="TaskException">The options contradict themselves; the message names every fault.</exception>
    public CountdownTask(CountdownTaskOptions? options = null) : base((options ?? new()).Template, (options ?? new()).Mixture)
    {
        _options = options ?? new();
        TaskException.ThrowIfAny(Name, _options.Faults());
    }

    /// <inheritdoc/>
    public override string Name => "countdown";

    /// <inheritdoc/>
    public override string VerifierKind => "countdown";

    private protected override CountdownProblem? Draw(RandomStream random)
    {
        int[] numbers = new int[random.Between(_options.MinNumbers, _options.MaxNumbers)];
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = random.Between(1, _options.MaxNumber);
        Array.Sort(numbers);
        // The target is what a random solution makes, so it can be reached.
        CountdownSolution? solution = CountdownSolver.Draw(numbers, _options.MaxIntermediate, random);
        return solution is not null && solution.Value.Numerator <= _options.MaxTarget
            ? new CountdownProblem(numbers, (int)solution.Value.Numerator, solution)
            : null;
    }

    private protected override (string Thought, string Answer) Solve(CountdownProblem problem, DocumentStyle style, RandomStream random)
    {
        CountdownSolution solution = problem.Solution;
        switch (style)
        {
            case DocumentStyle.Direct:
                bool right = random.Chance(_options.DirectCorrect);
                return ("", right ? solution.Equation : (Try(problem, random) ?? solution).Equation);
            case DocumentStyle.Partial:
                return ($"{solution.Steps} yes.", solution.Equation);
            case DocumentStyle.Worked or DocumentStyle.Textbook:
                var tries = new List<string>();
                for (int left = random.Between(0, _options.MaxTries); left > 0; left--)
                    if (Try(problem, random) is { } failed && !tries.Contains($"{failed.Steps} no."))
                        tries.Add($"{failed.Steps} no.");
                return (string.Join(' ', [.. tries, $"{solution.Steps} yes."]), solution.Equation);
            default:
                throw new ArgumentOutOfRangeException(nameof(style), style, "no such style");
        }
    }

    // A random way that misses the target; null where a few draws found none.
    private CountdownSolution? Try(CountdownProblem problem, RandomStream random)
    {
        Rational target = Rational.From(problem.Target);
        for (int draw = 0; draw < 20; draw++)
            if (CountdownSolver.Draw(problem.Numbers, _options.MaxIntermediate, random) is { } drawn && drawn.Value != target)
                return drawn;
        return null;
    }
}
