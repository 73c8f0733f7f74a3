using System.Globalization;
using System.Text.RegularExpressions;
using Cerise.Tensors;
using Cerise.Training.Tasks;
using Cerise.Training.Tests.Verifiers;
using Cerise.Training.Verifiers;

namespace Cerise.Training.Tests.Tasks;

public partial class StoryTaskTests
{
    private static readonly StoryTask Task = new();
    private static readonly StoryProblem Example = new("Anna", "pears", 12, [new("She gives 5 to Tom.", -5), new("She buys 9 more.", 9), new("She eats 3.", -3)]);

    [Fact]
    public void A_story_reads_as_plain_english_and_knows_its_answer()
    {
        Assert.Equal("Anna has 12 pears. She gives 5 to Tom. She buys 9 more. She eats 3. How many pears has Anna now?", Example.Question);
        Assert.Equal("13", Example.Answer);
        Assert.Equal("12 - 5 = 7. 7 + 9 = 16. 16 - 3 = 13.", Example.Working());
    }

    [Fact]
    public void Gold_answers_follow_from_the_sentences_alone()
    {
        foreach (StoryProblem problem in Task.Generate(Seed.From(1), 500))
        {
            int[] numbers = [.. Numbers().Matches(problem.Question).Select(match => int.Parse(match.Value, CultureInfo.InvariantCulture))];
            string[] sentences = problem.Question.Split(". ");
            int count = numbers[0];
            for (int i = 1; i < numbers.Length; i++)
                count += Regex.IsMatch(sentences[i], "finds|buys|wins|gets") ? numbers[i] : -numbers[i];
            Assert.Equal(count.ToString(CultureInfo.InvariantCulture), problem.Answer);
            Assert.InRange(problem.Steps.Count, 3, 5);
            Assert.All(problem.Counts, running => Assert.InRange(running, 0, 99));
            Assert.All(problem.Steps, step => Assert.InRange(Math.Abs(step.Change), 1, 20));
        }
    }

    [Fact]
    public void Only_food_is_eaten_and_nobody_trades_with_themselves()
    {
        foreach (StoryProblem problem in Task.Generate(Seed.From(2), 1000))
        {
            if (problem.Question.Contains(" eats ", StringComparison.Ordinal))
                Assert.Contains(problem.Thing, (string[])["pears", "apples", "plums", "nuts", "eggs", "cakes", "figs", "buns"]);
            Assert.DoesNotContain(problem.Steps, step => step.Text.EndsWith($" {problem.Name}.", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_problems_however_many_are_asked_for()
    {
        string[] few = [.. Task.Generate(Seed.From(3), 20).Select(problem => problem.Question)];
        string[] more = [.. new StoryTask().Generate(Seed.From(3), 50).Select(problem => problem.Question)];
        Assert.Equal(few, more.Take(20));
        Assert.NotEqual(few, [.. Task.Generate(Seed.From(4), 20).Select(problem => problem.Question)]);
        Assert.Equal(Task.Documents(Seed.From(3), 20), Task.Documents(Seed.From(3), 50).Take(20));
    }

    [Fact]
    public void Problems_differ_and_leave_out_what_is_excluded()
    {
        var small = new StoryTask(new StoryTaskOptions { MinSteps = 1, MaxSteps = 1, MaxStart = 2, MaxChange = 1 });
        HashSet<string> first = [.. small.Generate(Seed.From(5), 500).Select(problem => problem.Question)];
        Assert.Equal(500, first.Count);
        string[] second = [.. small.Generate(Seed.From(5), 500, first).Select(problem => problem.Question)];
        Assert.Empty(second.Intersect(first));
        Assert.All(small.Documents(Seed.From(5), 200, first), document => Assert.DoesNotContain(first, question => document.Contains(question, StringComparison.Ordinal)));
    }

    [Fact]
    public void A_used_up_problem_space_says_so()
    {
        var small = new StoryTask(new StoryTaskOptions { MinSteps = 1, MaxSteps = 1, MaxStart = 2, MaxChange = 1 });
        var error = Assert.Throws<TaskException>(() => small.Generate(Seed.From(6), 1_000_000).Count());
        Assert.Matches(@"^stories: found \d+ new problems of 1000000\. Ask for fewer, or widen", error.Message);
    }

    [Theory]
    [InlineData(DocumentStyle.Direct, DocumentFormat.Tags, "<think> Easy. </think> <answer> 13 </answer>")]
    [InlineData(DocumentStyle.Worked, DocumentFormat.Tags, "<think> 12 - 5 = 7. 7 + 9 = 16. 16 - 3 = 13. </think> <answer> 13 </answer>")]
    [InlineData(DocumentStyle.Partial, DocumentFormat.Tags, "<think> 16 - 3 = 13. </think> <answer> 13 </answer>")]
    [InlineData(DocumentStyle.Direct, DocumentFormat.NoThink, "<answer> 13 </answer>")]
    [InlineData(DocumentStyle.Partial, DocumentFormat.NoThink, "16 - 3 = 13. <answer> 13 </answer>")]
    [InlineData(DocumentStyle.Direct, DocumentFormat.OpenThink, "<think> Easy. <answer> 13 </answer>")]
    [InlineData(DocumentStyle.Direct, DocumentFormat.Plain, "The answer is 13.")]
    [InlineData(DocumentStyle.Worked, DocumentFormat.Plain, "12 - 5 = 7. 7 + 9 = 16. 16 - 3 = 13. The answer is 13.")]
    public void Documents_are_prompt_and_response_in_each_style_and_format(DocumentStyle style, DocumentFormat format, string response) =>
        Assert.Equal($"User: {Example.Question}\nAssistant: {response}", Task.Document(Example, style, format, Seed.From(0)));

    [Fact]
    public void A_textbook_exercise_has_question_and_whole_way_but_no_response() =>
        Assert.Equal($"{Example.Question}\nSolution: 12 - 5 = 7. 7 + 9 = 16. 16 - 3 = 13.", Task.Document(Example, DocumentStyle.Textbook, DocumentFormat.Tags, Seed.From(0)));

    [Fact]
    public void Every_response_states_the_gold_answer_and_only_the_tagged_format_is_well_formed()
    {
        var verifier = new NumberVerifier();
        foreach (StoryProblem problem in Task.Generate(Seed.From(7), 50))
        {
            foreach (DocumentStyle style in new[] { DocumentStyle.Direct, DocumentStyle.Partial, DocumentStyle.Worked })
            {
                foreach (DocumentFormat format in Enum.GetValues<DocumentFormat>())
                {
                    string response = Task.Document(problem, style, format, Seed.From(0))[Task.Prompt(problem).Length..];
                    Assert.Equal(1, verifier.Verify(problem.Answer, response, NoColumns.Value).Score);
                    Assert.Equal(format == DocumentFormat.Tags, ResponseFormat.Matches(response, FormatMode.Cerise));
                }
            }
        }
    }

    [Fact]
    public void The_mixture_has_the_shares_it_asks_for()
    {
        var task = new StoryTask(new StoryTaskOptions { Mixture = new() { Direct = 3, Partial = 0, Worked = 1, Textbook = 1, Tags = 1, NoThink = 0, OpenThink = 0, Plain = 1 } });
        string[] documents = [.. task.Documents(Seed.From(8), 5000)];
        Assert.Equal(0.2, Share(text => !text.StartsWith("User:", StringComparison.Ordinal)), 0.02);
        Assert.Equal(0.6, Share(text => text.StartsWith("User:", StringComparison.Ordinal) && !text.Contains('=', StringComparison.Ordinal)), 0.02);
        Assert.Equal(0.4, Share(text => text.Contains("</think>", StringComparison.Ordinal)), 0.02);
        Assert.Equal(0.4, Share(text => text.Contains("The answer is", StringComparison.Ordinal)), 0.02);
        Assert.Equal(0, Share(text => text.Contains("<think>", StringComparison.Ordinal) && !text.Contains("</think>", StringComparison.Ordinal)));

        double Share(Func<string, bool> holds) => (double)documents.Count(holds) / documents.Length;
    }

    [Fact]
    public void Contradicting_options_name_every_fault()
    {
        var options = new StoryTaskOptions { MinSteps = 4, MaxSteps = 3, MaxStart = 200, MaxChange = 0, Template = "<think>", Mixture = new() { Tags = -1 } };
        var error = Assert.Throws<TaskException>(() => new StoryTask(options));
        Assert.Equal(
            "stories: min_steps is 4 and max_steps 3; they must be 1 <= min_steps <= max_steps. max_start is 200; it must be from 2 to max_count (99). "
            + "max_change is 0; it must be at least 1. template has no {question}. template ends with <think>, but the documents of the corpus write that tag themselves: "
            + "leave it out. the mixture has a weight that is negative or not finite.",
            error.Message);
    }

    [Fact]
    public void The_r1_zero_template_is_the_papers()
    {
        string prompt = PromptTemplate.Fill(PromptTemplate.R1Zero, "What is 2 + 3");
        Assert.StartsWith("A conversation between User and Assistant. The user asks a question, and the Assistant solves it.", prompt, StringComparison.Ordinal);
        Assert.EndsWith("<answer> answer here </answer>. User: What is 2 + 3. Assistant:", prompt, StringComparison.Ordinal);
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Numbers();
}
