using System.Text.Json;
using Cerise.Tensors;
using Cerise.Testing;
using Cerise.Training.Evaluation;
using Cerise.Training.Runs;
using Cerise.Training.Tasks;

namespace Cerise.Training.Tests.Tasks;

public class TaskFilesTests
{
    private static readonly TaskFileOptions Small = new() { Documents = 300, Prompts = 60, EvaluationProblems = 40 };

    [Fact]
    public void Files_have_the_columns_that_trainers_read()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        TaskFiles files = TaskFiles.Write(new CountdownTask(), Seed.From(1), folder.File("data"), Small);
        Assert.Equal(["corpus.jsonl", "evaluation.jsonl", "prompts.jsonl"], Directory.GetFiles(folder.File("data")).Select(Path.GetFileName).Order());
        Assert.Equal(["text"], Columns(files.Corpus, 300));
        Assert.Equal(["prompt", "answer", "question", "numbers", "target", "solution"], Columns(files.Prompts, 60));
        Assert.Equal(["prompt", "answer", "question", "numbers", "target", "solution"], Columns(files.Evaluation, 40));
        TaskFiles stories = TaskFiles.Write(new StoryTask(), Seed.From(1), folder.File("stories"), Small);
        Assert.Equal(["prompt", "answer", "question", "steps"], Columns(stories.Prompts, 60));
        Assert.Contains("<answer>", File.ReadAllText(stories.Corpus), StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        TaskFiles first = TaskFiles.Write(new StoryTask(), Seed.From(2), folder.File("a"), Small);
        TaskFiles second = TaskFiles.Write(new StoryTask(), Seed.From(2), folder.File("b"), Small);
        TaskFiles third = TaskFiles.Write(new StoryTask(), Seed.From(3), folder.File("c"), Small);
        Assert.Equal(File.ReadAllBytes(first.Corpus), File.ReadAllBytes(second.Corpus));
        Assert.Equal(File.ReadAllBytes(first.Prompts), File.ReadAllBytes(second.Prompts));
        Assert.Equal(File.ReadAllBytes(first.Evaluation), File.ReadAllBytes(second.Evaluation));
        Assert.NotEqual(File.ReadAllBytes(first.Corpus), File.ReadAllBytes(third.Corpus));
    }

    [Fact]
    public void No_question_occurs_in_two_files()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        var narrow = new StoryTask(new StoryTaskOptions { MinSteps = 1, MaxSteps = 1, MaxStart = 3, MaxChange = 2 });
        TaskFiles files = TaskFiles.Write(narrow, Seed.From(4), folder.Path, Small);
        string[] prompts = [.. Questions(files.Prompts)], evaluation = [.. Questions(files.Evaluation)];
        Assert.Empty(prompts.Intersect(evaluation));
        string corpus = File.ReadAllText(files.Corpus);
        Assert.DoesNotContain(prompts.Concat(evaluation), question => corpus.Contains(question, StringComparison.Ordinal));
    }

    [Fact]
    public void Questions_with_more_numbers_are_no_copies_of_those_with_fewer()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        var narrow = new CountdownTask(new CountdownTaskOptions { MaxNumber = 6, MaxTarget = 12 });
        TaskFiles files = TaskFiles.Write(narrow, Seed.From(5), folder.Path, new() { Documents = 400, Prompts = 100, EvaluationProblems = 200 });
        Assert.Equal(200, Questions(files.Evaluation).Count());
    }

    [Fact]
    public void An_evaluation_question_in_training_data_is_named_with_file_and_line()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        File.WriteAllText(folder.File("eval.jsonl"), """{"question": "How many legs has a spider?"}""" + "\n" + """{"prompt": "User: And an ant?"}""" + "\n");
        File.WriteAllText(folder.File("clean.jsonl"), """{"text": "How many legs has a fly? Six."}""" + "\n\n");
        Assert.Equal(2, ContaminationCheck.Run(folder.File("eval.jsonl"), folder.File("clean.jsonl")));

        string dirty = folder.File("dirty.jsonl");
        File.WriteAllText(dirty, """{"text": "x"}""" + "\n\n" + """{"messages": [{"role": "user", "content": "Tell me: how many LEGS has a  spider"}]}""" + "\n");
        var error = Assert.Throws<ContaminationException>(() => ContaminationCheck.Run(folder.File("eval.jsonl"), folder.File("clean.jsonl"), dirty));
        Assert.Equal(("How many legs has a spider?", dirty, 3), (error.Question, error.File, error.Line));
        Assert.StartsWith($"{dirty}, line 3: holds the evaluation question \"How many legs has a spider?\".", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"question\": \"a\"}\n{\"question\": 3}\n", "line 2: has no text column 'question' or 'prompt'")]
    [InlineData("{\"question\": \"a\"}\n{\"question\n", "line 2: is no JSON")]
    [InlineData("[1]\n", "line 1: is no JSON object")]
    [InlineData("{\"question\": \"\\ud800\"}\n", "line 1: a text escapes half of a surrogate pair")]
    public void A_bad_row_is_named_by_file_and_line(string content, string message)
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        File.WriteAllText(folder.File("eval.jsonl"), content);
        var error = Assert.Throws<TaskException>(() => ContaminationCheck.Run(folder.File("eval.jsonl"), []));
        Assert.Contains($"eval.jsonl, {message}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_or_an_unusable_folder_is_one_clear_error()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        Assert.Contains("cannot be read", Assert.Throws<TaskException>(() => ContaminationCheck.Run(folder.File("none.jsonl"), [])).Message, StringComparison.Ordinal);
        File.WriteAllText(folder.File("file"), "in the way");
        var error = Assert.Throws<RunException>(() => TaskFiles.Write(new StoryTask(), Seed.From(1), folder.File("file"), Small));
        Assert.Contains("cannot be written", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_write_leaves_nothing_behind_and_the_old_file_whole()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string path = folder.File("rows.jsonl");
        File.WriteAllText(path, "old");
        Assert.Throws<InvalidOperationException>(() => JsonLines.Write(path, [1, 2], (row, value) =>
        {
            row.WriteNumber("n", value);
            if (value == 2)
                throw new InvalidOperationException("stopped");
        }));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Negative_sizes_are_refused() =>
        Assert.Throws<TaskException>(() => TaskFiles.Write(new StoryTask(), Seed.From(1), "unused", new TaskFileOptions { Documents = -1 }));

    private static string[] Columns(string path, int rows)
    {
        (long Line, JsonElement Row)[] all = [.. JsonLines.Read(path)];
        Assert.Equal(rows, all.Length);
        string[] columns = [.. all[0].Row.EnumerateObject().Select(property => property.Name)];
        Assert.All(all, row => Assert.Equal(columns, row.Row.EnumerateObject().Select(property => property.Name)));
        return columns;
    }

    private static IEnumerable<string> Questions(string path) => JsonLines.Read(path).Select(row => row.Row.GetProperty("question").GetString()!);
}
