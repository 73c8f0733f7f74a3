using System.Globalization;
using Cerise.Tensors;

namespace Cerise.Training.Tasks;

/// <summary>A question about a story, and how it is answered.</summary>
/// <param name="Text">The question.</param>
/// <param name="Reply">The whole reply.</param>
/// <param name="Answer">The number that it comes down to.</param>
internal readonly record struct StoryQuestion(string Text, string Reply, string Answer)
{
    private static readonly string[] Places = ["first", "second", "third", "fourth", "fifth", "sixth"];

    /// <summary>The question that the story ends in, worked out step by step.</summary>
    public static StoryQuestion Total(StoryProblem story) => new(Ask(story.Name, story.Thing), Worked(story), story.Answer);

    /// <summary>The words of that question.</summary>
    public static string Ask(string name, string thing) => $"How many {thing} has {name} now?";

    /// <summary>What else can be asked about a story: how many there were at first, and after one of the changes on the way.</summary>
    public static IReadOnlyList<StoryQuestion> FollowUps(StoryProblem story, RandomStream random)
    {
        string start = story.Start.ToString(CultureInfo.InvariantCulture);
        int changes = random.Between(1, Math.Min(Math.Max(1, story.Steps.Count - 1), Places.Length));
        StoryProblem part = story with { Steps = [.. story.Steps.Take(changes)] };
        return
        [
            new($"How many {story.Thing} had {story.Name} at first?", $"The answer is {start}.", start),
            new($"How many {story.Thing} had {story.Name} after the {Places[changes - 1]} change?", Worked(part), part.Answer),
        ];
    }

    private static string Worked(StoryProblem story) => $"{story.Working()} The answer is {story.Answer}.";
}
