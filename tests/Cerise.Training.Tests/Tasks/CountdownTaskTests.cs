using System.Text.Json;
using Cerise.Tensors;
using Cerise.Training.Tasks;
using Cerise.Training.Verifiers;

namespace Cerise.Training.Tests.Tasks;

public class CountdownTaskTests
{
    private static readonly CountdownTask Task = new();

    [Fact]
    public void Every_problem_has_a_solution_that_the_verifier_accepts()
    {
        foreach (CountdownProblem problem in Task.Generate(Seed.From(1), 500))
        {
            Assert.Equal(1, Score(problem, $"<answer>{problem.Solution.Equation}</answer>"));
            Assert.InRange(problem.Numbers.Count, 3, 4);
            Assert.InRange(problem.Target, 1, 99);
            Assert.Equal(problem.Numbers.Order(), problem.Numbers);
        }
    }

    [Fact]
    public void A_problem_is_worded_one_way()
    {
        CountdownProblem problem = Task.Generate(Seed.From(2), 1).Single();
        Assert.Equal($"Use {string.Join(", ", problem.Numbers)} to make {problem.Target}.", problem.Question);
        Assert.Equal($"User: {problem.Question}\nAssistant:", Task.Prompt(problem));
    }

    [Fact]
    public void Worked_documents_search_until_a_try_reaches_the_target()
    {
        int failed = 0;
        foreach (CountdownProblem problem in Task.Generate(Seed.From(3), 200))
        {
            string document = Task.Document(problem, DocumentStyle.Worked, DocumentFormat.Tags, Seed.From(3).Fork(problem.Target));
            string thought = document[(document.IndexOf("<think>", StringComparison.Ordinal) + 8)..document.IndexOf("</think>", StringComparison.Ordinal)];
            string[] tries = thought.Trim().TrimEnd('.').Split(". ");
            Assert.All(tries[..^1], text => Assert.EndsWith(" no", text, StringComparison.Ordinal));
            Assert.EndsWith($"= {problem.Target} yes", tries[^1], StringComparison.Ordinal);
            foreach (string text in tries)
            {
                string[] words = text.Split(' ');
                Assert.Equal(words[^1] == "yes", words[^2] == problem.Answer);
                foreach (string step in string.Join(' ', words[..^1]).Split(", "))
                    Assert.True(CountdownExpression.TryParse(step, out _, out string fault), $"{step}: {fault}");
            }
            Assert.Equal(1, Score(problem, document));
            failed += tries.Length - 1;
        }
        Assert.InRange(failed, 300, 500);                                  // 0 to 4 a problem, 2 on average
    }

    [Fact]
    public void Direct_documents_guess_with_the_right_numbers_and_are_right_as_often_as_asked()
    {
        CountdownProblem[] problems = [.. Task.Generate(Seed.From(4), 1000)];
        int right = 0;
        for (int i = 0; i < problems.Length; i++)
        {
            string document = Task.Document(problems[i], DocumentStyle.Direct, DocumentFormat.Tags, Seed.From(4).Fork(i));
            right += (int)Score(problems[i], document)!.Value;
            string answer = AnswerExtraction.Extract(document, AnswerRule.AnswerTag)!;
            Assert.True(CountdownExpression.TryParse(answer, out CountdownExpression? guess, out _));
            Assert.Equal(problems[i].Numbers, guess!.Numbers.Order());
        }
        Assert.InRange(right, 260, 340);
    }

    [Fact]
    public void Partial_documents_show_the_way_without_failed_tries()
    {
        CountdownProblem problem = Task.Generate(Seed.From(5), 1).Single();
        Assert.Equal(
            $"{Task.Prompt(problem)} {problem.Solution.Steps} yes. The answer is {problem.Solution.Equation}.",
            Task.Document(problem, DocumentStyle.Partial, DocumentFormat.Plain, Seed.From(0)));
    }

    [Fact]
    public void The_same_seed_gives_the_same_documents_without_the_excluded_questions()
    {
        HashSet<string> first = [.. Task.Generate(Seed.From(6), 300).Select(problem => problem.Question)];
        Assert.Equal(300, first.Count);
        Assert.Empty(Task.Generate(Seed.From(6), 300, first).Select(problem => problem.Question).Intersect(first));
        Assert.Equal(Task.Documents(Seed.From(7), 100), Task.Documents(Seed.From(7), 100));
    }

    [Theory]
    [InlineData(new[] { 3, 3, 8, 8 }, 24)]
    [InlineData(new[] { 4, 7, 25 }, 28)]
    [InlineData(new[] { 1, 5, 5, 5 }, 24)]
    [InlineData(new[] { 9 }, 9)]
    [InlineData(new[] { 2, 7 }, -5)]
    public void The_solver_finds_fractions_and_negative_ways_too(int[] numbers, int target)
    {
        CountdownSolution solution = CountdownSolver.Solve(numbers, target)!;
        Assert.True(CountdownExpression.TryParse(solution.Equation, out CountdownExpression? parsed, out _));
        Assert.Equal(Rational.From(target), parsed!.Value);
        Assert.Equal(numbers.Order(), parsed.Numbers.Order());
    }

    [Fact]
    public void The_solver_says_when_there_is_no_way()
    {
        Assert.Null(CountdownSolver.Solve([1, 1, 1], 99));
        Assert.Null(CountdownSolver.Solve([2, 2], 5));
    }

    [Fact]
    public void Texts_of_random_combinations_keep_their_value()
    {
        // The brackets are right exactly if reading the text back gives the value it was built with.
        RandomStream random = Seed.From(8).Stream();
        for (int i = 0; i < 2000; i++)
        {
            int[] numbers = [.. Enumerable.Range(0, 5).Select(_ => random.Between(1, 12))];
            if (CountdownSolver.Draw(numbers, 100_000, random) is not { } drawn)
                continue;
            Assert.True(CountdownExpression.TryParse(drawn.Equation, out CountdownExpression? parsed, out _));
            Assert.Equal(drawn.Value, parsed!.Value);
        }
    }

    [Fact]
    public void Contradicting_options_name_every_fault()
    {
        var options = new CountdownTaskOptions { MinNumbers = 1, MaxNumber = 1, MaxTarget = 1000, MaxTries = -1, DirectCorrect = 2 };
        var error = Assert.Throws<TaskException>(() => new CountdownTask(options));
        Assert.Equal(
            "countdown: min_numbers is 1 and max_numbers 4; they must be 2 <= min_numbers <= max_numbers <= 5. max_number is 1; it must be at least 2. "
            + "max_target is 1000; it must be from 1 to max_intermediate (999). max_tries is -1; it must be at least 0. direct_correct is 2; it must be from 0 to 1.",
            error.Message);
    }

    private static double? Score(CountdownProblem problem, string response)
    {
        var columns = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>($"{{\"numbers\": [{string.Join(',', problem.Numbers)}], \"target\": {problem.Target}}}")!;
        return new CountdownVerifier().Verify(problem.Answer, response, columns).Score;
    }
}
