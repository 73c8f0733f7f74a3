using System.Globalization;
using Cerise.Tensors;

namespace Cerise.Training.Tasks;

/// <summary>Conversations about the little stories: for supervised fine-tuning of a base model that knows their world.</summary>
/// <remarks>
/// One question is the story's own, worked out; others ask how many there were at first or on the way. With negatives, the same user turn also occurs under a system
/// prompt that asks for careless work, with a guess for an answer: negative feedback by supervised learning, which stays behind with the prompt it was given under.
/// </remarks>
public static class StoryChat
{
    private const string System = "system";
    private const string User = "user";
    private const string Assistant = "assistant";

    /// <summary>Conversations to train on, each negative twin right after its good one.</summary>
    /// <param name="stories">Where stories come from.</param>
    /// <param name="seed">Source of all choices.</param>
    /// <param name="options">How many, and how.</param>
    /// <param name="exclude">Questions that must not occur.</param>
    /// <exception cref="TaskException">There are too few different stories.</exception>
    public static IEnumerable<StoryConversation> Training(StoryTask stories, Seed seed, StoryChatOptions options, IReadOnlySet<string>? exclude = null)
    {
        ArgumentNullException.ThrowIfNull(stories);
        ArgumentNullException.ThrowIfNull(options);
        int index = 0;
        foreach (StoryProblem story in stories.Generate(seed.Fork("story"), options.Conversations, exclude))
        {
            RandomStream random = seed.Fork("talk").Fork(index++).Stream();
            List<(string, string)> messages = [(System, options.SystemPrompt), .. Talk(story, random.Between(1, options.MaxTurns), random)];
            bool hasTwin = random.Chance(options.NegativeShare);
            string? pair = hasTwin ? index.ToString(CultureInfo.InvariantCulture) : null;
            yield return new StoryConversation(messages) { Question = story.Question, PairId = pair };
            if (hasTwin)
            {
                yield return new StoryConversation([(System, options.NegativeSystemPrompt), (User, story.Question), (Assistant, Guess(story, random))])
                {
                    Question = story.Question,
                    PairId = pair,
                    Polarity = -1,
                };
            }
        }
    }

    /// <summary>Held-out stories with their own question: how many are left?</summary>
    public static IEnumerable<StoryConversation> Totals(IEnumerable<StoryProblem> stories, string systemPrompt) =>
        stories.Select(story => new StoryConversation([(System, systemPrompt), (User, story.Question)]) { Question = story.Question, Answer = story.Answer });

    /// <summary>Held-out stories with one of the further questions each.</summary>
    public static IEnumerable<StoryConversation> FollowUps(IEnumerable<StoryProblem> stories, string systemPrompt, Seed seed) => stories.Select((story, i) =>
    {
        RandomStream random = seed.Fork(i).Stream();
        StoryQuestion question = random.Pick(StoryQuestion.FollowUps(story, random));
        return new StoryConversation([(System, systemPrompt), (User, $"{Told(story)} {question.Text}")]) { Question = story.Question, Answer = question.Answer };
    });

    private static IEnumerable<(string Role, string Content)> Talk(StoryProblem story, int turns, RandomStream random)
    {
        List<StoryQuestion> left = [StoryQuestion.Total(story), .. StoryQuestion.FollowUps(story, random)];
        for (int turn = 0; turn < turns && left.Count > 0; turn++)
        {
            // Some conversations begin with the story's own question; in the others it may come later.
            StoryQuestion question = turn == 0 && random.Chance(0.25) ? left[0] : random.Pick(left);
            left.Remove(question);
            yield return (User, turn == 0 ? $"{Told(story)} {question.Text}" : question.Text);
            yield return (Assistant, question.Reply);
        }
    }

    // The story without its question.
    private static string Told(StoryProblem story) => story.Question[..^(StoryQuestion.Total(story).Text.Length + 1)];

    private static string Guess(StoryProblem story, RandomStream random)
    {
        int right = story.Counts.Last();
        int guess = random.Between(0, 98);
        return string.Create(CultureInfo.InvariantCulture, $"The answer is {(guess < right ? guess : guess + 1)}.");
    }
}
