using System.Globalization;
using System.Text.Json;

namespace Cerise.Training.Verifiers;

/// <summary>Kind "countdown": an equation over the given numbers that makes the target, as in TinyZero's task.</summary>
/// <remarks>The row's columns are <c>numbers</c> (or <c>nums</c>), a list of whole numbers, and <c>target</c>, which the gold answer stands in for.</remarks>
/// <param name="useAll">True (default): each given number exactly once. False: each at most once.</param>
/// <param name="lenient">True also accepts a response without a marked answer, as a whole after thinking; false (default) for rewards.</param>
public sealed class CountdownVerifier(bool useAll = true, bool lenient = false) : IVerifier
{
    private static readonly AnswerRule[] StrictRules = [AnswerRule.AnswerTag, AnswerRule.Boxed];
    private static readonly AnswerRule[] LenientRules = [.. StrictRules, AnswerRule.WholeText];

    /// <inheritdoc/>
    public string Kind => "countdown";

    /// <inheritdoc/>
    public VerifierResult Verify(string gold, string response, IReadOnlyDictionary<string, JsonElement> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        if (Numbers(columns) is not { } numbers)
            return VerifierResult.Unscorable("the row has no column 'numbers' with a list of whole numbers");
        string target = columns.TryGetValue("target", out JsonElement column) ? column.ToString() : gold;
        if (!NumberText.TryRead(target, out Rational wanted))
            return VerifierResult.Unscorable($"the target '{Excerpt.Of(target)}' is not a number");

        if (AnswerExtraction.Extract(response, lenient ? LenientRules : StrictRules) is not { } answer)
            return VerifierResult.Wrong("no answer found");
        if (!CountdownExpression.TryParse(answer.Text, out CountdownExpression? expression, out string fault))
            return VerifierResult.Wrong(fault, answer.Text, answer.Rule);
        if (Misuse(numbers, expression!.Numbers) is { } misuse)
            return VerifierResult.Wrong(misuse, answer.Text, answer.Rule);
        return expression.Value == wanted
            ? VerifierResult.Right(answer.Text, answer.Rule)
            : VerifierResult.Wrong($"it makes {expression.Value}, not {wanted}", answer.Text, answer.Rule);
    }

    private string? Misuse(List<int> given, IReadOnlyList<int> used)
    {
        var left = given.CountBy(number => number).ToDictionary();
        foreach (int number in used)
        {
            if (!left.TryGetValue(number, out int count) || count == 0)
                return string.Create(CultureInfo.InvariantCulture, $"{number} is used more often than it is given");
            left[number] = count - 1;
        }
        return useAll && used.Count < given.Count ? "not every number is used" : null;
    }

    private static List<int>? Numbers(IReadOnlyDictionary<string, JsonElement> columns)
    {
        if ((!columns.TryGetValue("numbers", out JsonElement list) && !columns.TryGetValue("nums", out list)) || list.ValueKind != JsonValueKind.Array)
            return null;
        var numbers = new List<int>();
        foreach (JsonElement item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt32(out int number))
                return null;
            numbers.Add(number);
        }
        return numbers.Count == 0 ? null : numbers;
    }
}
