using System.Globalization;
using System.Text.Json;
using Cerise.Tensors;
using Cerise.Testing;
using Cerise.Training.Tasks;
using Cerise.Training.Tests.Verifiers;
using Cerise.Training.Verifiers;

namespace Cerise.Training.Tests.Tasks;

public class StoryChatTests
{
    private static readonly StoryTask Task = new();
    private static readonly string[] Places = ["first", "second", "third", "fourth", "fifth"];
    private static readonly StoryChatOptions Options = new() { Conversations = 300, NegativeShare = 0.3 };

    [Fact]
    public void Every_reply_is_right_about_its_story()
    {
        NumberVerifier verifier = new();
        int totals = 0;
        foreach (StoryConversation row in StoryChat.Training(Task, Seed.From(1), Options).Where(row => row.Polarity > 0))
        {
            string story = row.Messages[1].Content;
            Assert.StartsWith(row.Question[..row.Question.LastIndexOf('.')], story, StringComparison.Ordinal);
            Assert.Equal(["system", .. Enumerable.Repeat((string[])["user", "assistant"], (row.Messages.Count - 1) / 2).SelectMany(pair => pair)], row.Messages.Select(message => message.Role));
            for (int i = 1; i < row.Messages.Count; i += 2)
            {
                (string question, string reply) = (row.Messages[i].Content, row.Messages[i + 1].Content);
                totals += question.EndsWith(" now?", StringComparison.Ordinal) ? 1 : 0;
                int changes = question.EndsWith(" now?", StringComparison.Ordinal) ? int.MaxValue
                    : question.EndsWith(" at first?", StringComparison.Ordinal) ? 0
                    : 1 + Array.FindIndex(Places, place => question.EndsWith($" after the {place} change?", StringComparison.Ordinal));
                Assert.Equal(1, verifier.Verify(Answer(row.Question, changes), reply, NoColumns.Value).Score);
                Assert.Equal(Math.Min(changes, row.Question.Split(". ").Length - 2), reply.Count(character => character == '='));
            }
        }
        Assert.InRange(totals, 80, 250);
    }

    [Fact]
    public void A_negative_twin_asks_the_same_under_the_other_prompt_and_guesses_wrong()
    {
        StoryConversation[] rows = [.. StoryChat.Training(Task, Seed.From(2), Options)];
        StoryConversation[] negative = [.. rows.Where(row => row.Polarity < 0)];
        Assert.Equal(300, rows.Length - negative.Length);
        Assert.InRange(negative.Length, 60, 120);
        NumberVerifier verifier = new();
        foreach (StoryConversation row in negative)
        {
            Assert.Single(rows, other => other.Polarity > 0 && other.PairId == row.PairId && other.Question == row.Question);
            Assert.Equal(Options.NegativeSystemPrompt, row.Messages[0].Content);
            Assert.Equal(row.Question, row.Messages[1].Content);
            Assert.StartsWith("The answer is", row.Messages[2].Content, StringComparison.Ordinal);
            Assert.Equal(0, verifier.Verify(Answer(row.Question), row.Messages[2].Content, NoColumns.Value).Score);
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_conversations_and_excluded_questions_do_not_occur()
    {
        string[] first = [.. StoryChat.Training(Task, Seed.From(3), Options).Select(Text)];
        Assert.Equal(first, StoryChat.Training(Task, Seed.From(3), Options).Select(Text));
        HashSet<string> excluded = [.. StoryChat.Training(Task, Seed.From(3), Options).Take(20).Select(row => row.Question)];
        Assert.DoesNotContain(StoryChat.Training(Task, Seed.From(3), Options, excluded), row => excluded.Contains(row.Question));
    }

    [Fact]
    public void Held_out_rows_end_in_a_question_and_carry_the_answer()
    {
        StoryProblem[] stories = [.. Task.Generate(Seed.From(4), 50)];
        foreach ((StoryConversation row, StoryProblem story) in StoryChat.Totals(stories, "Count.").Zip(stories))
        {
            Assert.Equal([("system", "Count."), ("user", story.Question)], row.Messages);
            Assert.Equal(story.Answer, row.Answer);
        }
        Assert.All(StoryChat.FollowUps(stories, "Count.", Seed.From(5)), row =>
        {
            Assert.EndsWith("?", row.Messages[^1].Content, StringComparison.Ordinal);
            Assert.InRange(int.Parse(row.Answer!, CultureInfo.InvariantCulture), 0, 99);
        });
    }

    [Fact]
    public void Files_hold_conversations_and_the_evaluation_under_both_prompts()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        TaskFiles files = TaskFiles.Write(Task, Seed.From(6), folder.Path, new TaskFileOptions { Documents = 5, Prompts = 5, EvaluationProblems = 7 });
        string path = ChatFiles.Write(Task, Seed.From(6), folder.Path, Options with { Conversations = 12 }, files, 7, new HashSet<string>());
        Assert.Equal(Path.Combine(folder.Path, "conversations.jsonl"), path);
        JsonElement[] held = Rows("evaluation.jsonl");
        foreach (string name in (string[])["chat_totals.jsonl", "chat_careless.jsonl", "chat_follow_ups.jsonl"])
            Assert.Equal(held.Select(row => row.GetProperty("question").GetString()), Rows(name).Select(row => row.GetProperty("question").GetString()));
        Assert.Equal(12, Rows("conversations.jsonl").Count(row => row.GetProperty("polarity").GetInt32() > 0));
        Assert.Equal(Options.NegativeSystemPrompt, Rows("chat_careless.jsonl")[0].GetProperty("messages")[0].GetProperty("content").GetString());

        JsonElement[] Rows(string name) => [.. File.ReadLines(Path.Combine(folder.Path, name)).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    private static string Text(StoryConversation row) => string.Join('|', row.Messages);

    // Counts again from the sentences alone.
    private static string Answer(string question, int changes = int.MaxValue)
    {
        int count = 0;
        string[] sentences = question.Split(". ")[..^1];
        foreach (string sentence in sentences.Take((int)Math.Min(sentences.Length, changes + 1L)))
        {
            int number = int.Parse(sentence.Split(' ').First(word => char.IsAsciiDigit(word[0])), CultureInfo.InvariantCulture);
            bool isGain = sentence.Contains(" has ", StringComparison.Ordinal) || ((string[])["finds", "buys", "wins", "gets"]).Any(verb => sentence.Contains($" {verb} ", StringComparison.Ordinal));
            count += isGain ? number : -number;
        }
        return count.ToString(CultureInfo.InvariantCulture);
    }
}
