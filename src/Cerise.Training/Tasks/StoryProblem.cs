using System.Globalization;
using System.Text.Json;

namespace Cerise.Training.Tasks;

/// <summary>A little arithmetic story: someone has some things, wins and loses some, and how many are left is asked.</summary>
/// <param name="Name">Who.</param>
/// <param name="Thing">What, in the plural.</param>
/// <param name="Start">How many at first.</param>
/// <param name="Steps">What happens, in order.</param>
public sealed record StoryProblem(string Name, string Thing, int Start, IReadOnlyList<StoryStep> Steps) : IProblem
{
    /// <inheritdoc/>
    public string Question => string.Create(
        CultureInfo.InvariantCulture,
        $"{Name} has {Start} {Thing}. {string.Join(' ', Steps.Select(step => step.Text))} {StoryQuestion.Ask(Name, Thing)}");

    /// <summary>The count at first and after each step.</summary>
    public IEnumerable<int> Counts
    {
        get
        {
            int count = Start;
            yield return count;
            foreach (StoryStep step in Steps)
                yield return count += step.Change;
        }
    }

    /// <inheritdoc/>
    public string Answer => Counts.Last().ToString(CultureInfo.InvariantCulture);

    /// <summary>The calculation, step by step: "12 - 5 = 7. 7 + 9 = 16."</summary>
    /// <param name="skip">How many steps at the front to leave out, as if done in the head.</param>
    public string Working(int skip = 0) => string.Join(' ', Counts.Zip(Steps, (count, step) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {(step.Change < 0 ? '-' : '+')} {Math.Abs(step.Change)} = {count + step.Change}.")).Skip(skip));

    /// <inheritdoc/>
    public void WriteColumns(Utf8JsonWriter row)
    {
        ArgumentNullException.ThrowIfNull(row);
        row.WriteNumber("steps", Steps.Count);
    }
}
