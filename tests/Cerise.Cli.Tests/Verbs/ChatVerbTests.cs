namespace Cerise.Cli.Tests.Verbs;

public sealed class ChatVerbTests(SmallModel model)
{
    [Fact]
    public void Each_line_is_answered_until_exit()
    {
        Cli.Outcome outcome = Chat("Hello\n\nAgain\n/exit\nNever read\n");
        Assert.Equal(ExitCodes.Done, outcome.Code);
        Assert.Equal(4, outcome.Error.Split("> ").Length - 1);
    }

    [Fact]
    public void The_end_of_input_ends_the_talk() => Assert.Equal(ExitCodes.Done, Chat("Hello").Code);

    [Fact]
    public void An_answer_is_what_generate_gives_for_the_same_text()
    {
        string prompt = "{\"prompt\":\"User: Hello\\nAssistant:\"}";
        string[] command = ["generate", "--model", model.Model, "--input", "-", "--greedy", "--max-new-tokens", "12", "--json"];
        Cli.Outcome outcome = Cli.RunWithInput(prompt, command);
        string generated = outcome.Rows.Single().GetProperty("text").GetString()!;
        Assert.Equal(generated.Split("\nUser:")[0].TrimStart() + "\n", Chat("Hello", "--greedy").Output);
    }

    [Fact]
    public void Reset_forgets_what_was_said()
    {
        string[] answers = Chat("Hello\n/reset\nHello\n", "--greedy").Output.Split('\n');
        Assert.Equal(Chat("Hello\n", "--greedy").Output + Chat("Hello\n", "--greedy").Output, string.Join('\n', answers));
    }

    [Fact]
    public void Old_turns_are_forgotten_where_the_context_ends() =>
        Assert.Equal(ExitCodes.Done, Chat(string.Concat(Enumerable.Repeat("The 3th line says that 3 + 3 = 6.\n", 10))).Code);

    [Fact]
    public void A_line_longer_than_the_context_is_refused() =>
        Assert.Contains("Say it shorter.", Chat(new string('#', 500)).Error);

    private Cli.Outcome Chat(string input, params string[] more) =>
        Cli.RunWithInput(input, ["chat", "--model", model.Model, "--max-new-tokens", "12", .. more]);
}
