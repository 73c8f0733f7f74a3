using Cerise.Tensors;
using Cerise.Training.Verifiers;

namespace Cerise.Training.Tasks;

/// <summary>Finds and draws ways to combine numbers with + - * /.</summary>
public static class CountdownSolver
{
    /// <summary>The most numbers that are searched in full: with six there are already about 30 million expressions.</summary>
    public const int MostNumbers = 5;

    private const string Operators = "+-*/";

    /// <summary>The first expression, in a fixed order, that uses each number exactly once and makes the target; null where there is none.</summary>
    /// <param name="numbers">One to <see cref="MostNumbers"/> numbers.</param>
    /// <param name="target">The wanted value.</param>
    public static CountdownSolution? Solve(IReadOnlyList<int> numbers, int target)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        ArgumentOutOfRangeException.ThrowIfZero(numbers.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(numbers.Count, MostNumbers);
        return Search([.. numbers.Select(CountdownTerm.Number)], [], Rational.From(target));
    }

    private static CountdownSolution? Search(CountdownTerm[] terms, string[] steps, Rational target)
    {
        if (terms.Length == 1)
            return terms[0].Value == target ? new CountdownSolution(string.Join(", ", steps), terms[0].Text, target) : null;
        for (int i = 0; i < terms.Length; i++)
        {
            for (int j = 0; j < terms.Length; j++)
            {
                if (i == j)
                    continue;
                foreach (char sign in Operators)
                {
                    if (i > j && sign is '+' or '*')
                        continue;                                          // these do not care for the order
                    if (CountdownTerm.Combine(terms[i], sign, terms[j]) is not { } made)
                        continue;
                    CountdownTerm[] rest = [made, .. terms.Where((_, k) => k != i && k != j)];
                    if (Search(rest, [.. steps, Step(terms[i], sign, terms[j], made)], target) is { } found)
                        return found;
                }
            }
        }
        return null;
    }

    /// <summary>A random way to combine the numbers in which every result on the way is a whole number from 1 to <paramref name="largest"/>.</summary>
    internal static CountdownSolution? Draw(IReadOnlyList<int> numbers, int largest, RandomStream random)
    {
        List<CountdownTerm> terms = [.. numbers.Select(CountdownTerm.Number)];
        var steps = new List<string>();
        while (terms.Count > 1)
        {
            CountdownTerm left = Take(terms, random), right = Take(terms, random);
            char[] possible = [.. Operators.Where(sign => IsPlain(left, sign, right, largest))];
            if (possible.Length == 0)
                return null;
            char sign = random.Pick(possible);
            CountdownTerm made = CountdownTerm.Combine(left, sign, right)!.Value;
            steps.Add(Step(left, sign, right, made));
            terms.Add(made);
        }
        return new CountdownSolution(string.Join(", ", steps), terms[0].Text, terms[0].Value);
    }

    private static CountdownTerm Take(List<CountdownTerm> terms, RandomStream random)
    {
        int i = random.Between(0, terms.Count - 1);
        CountdownTerm term = terms[i];
        terms.RemoveAt(i);
        return term;
    }

    private static bool IsPlain(CountdownTerm left, char sign, CountdownTerm right, int largest) =>
        CountdownTerm.Combine(left, sign, right) is { Value: { IsInteger: true } value } && value.Numerator.Sign > 0 && value.Numerator <= largest;

    private static string Step(CountdownTerm left, char sign, CountdownTerm right, CountdownTerm made) => $"{left.Value} {sign} {right.Value} = {made.Value}";
}
