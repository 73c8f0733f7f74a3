namespace Cerise.Training.Tasks;

/// <summary>A question about a story, and how it is answered.</summary>
/// <param name="Text">The question.</param>
/// <param name="Reply">The whole reply.</param>
internal readonly record struct StoryQuestion(string Text, string Reply)
{
    private static readonly string[] Places = ["first", "second", "third", "fourth", "fifth", "sixth"];

    /// <summary>The question that the story ends in, worked out step by step.</summary>
    public static StoryQuestion Total(StoryProblem story) =>
        new(Ask(story.Name, story.Thing), $"{story.Working()} The answer is {story.Answer}.");

    /// <summary>The words of that question.</summary>
    public static string Ask(string name, string thing) => $"How many {thing} has {name} now?";

    /// <summary>Everything else that can be asked about a story.</summary>
    public static IReadOnlyList<StoryQuestion> FollowUps(StoryProblem story)
    {
        List<StoryQuestion> questions =
        [
            new("Who is the story about?", $"The story is about {story.Name}."),
            new($"What has {story.Name} got?", $"{story.Name} has got {story.Thing}."),
            new(FormattableString.Invariant($"How many {story.Thing} had {story.Name} at first?"), FormattableString.Invariant($"{story.Name} had {story.Start} {story.Thing} at first.")),
            new("What happens last?", story.Steps[^1].Text),
        ];
        for (int i = 0; i < Math.Min(story.Steps.Count, Places.Length); i++)
            questions.Add(new($"What is the {Places[i]} thing that happens?", story.Steps[i].Text));
        return questions;
    }
}
