using System.Globalization;
using System.Text.Json;

namespace Cerise.Training.Tasks;

/// <summary>Numbers, a target, and one way to reach it.</summary>
/// <param name="Numbers">The numbers, ascending: a problem has one wording only.</param>
/// <param name="Target">What an equation over them has to make.</param>
/// <param name="Solution">One way to do it.</param>
public sealed record CountdownProblem(IReadOnlyList<int> Numbers, int Target, CountdownSolution Solution) : IProblem
{
    /// <summary>"Use 4, 7, 25 to make 28.": the target stands last, so that no question is the beginning of one with more numbers.</summary>
    public string Question => string.Create(CultureInfo.InvariantCulture, $"Use {string.Join(", ", Numbers)} to make {Target}.");

    /// <summary>The target: any equation that makes it is right, so there is no one gold equation.</summary>
    public string Answer => Target.ToString(CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public void WriteColumns(Utf8JsonWriter row)
    {
        ArgumentNullException.ThrowIfNull(row);
        row.WriteStartArray("numbers");
        foreach (int number in Numbers)
            row.WriteNumberValue(number);
        row.WriteEndArray();
        row.WriteNumber("target", Target);
        row.WriteString("solution", Solution.Equation);
    }
}
