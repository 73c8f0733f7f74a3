using System.Text.Json;
using Cerise.Testing;
using Microsoft.Extensions.AI;

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
    public void Keys_that_the_terminal_does_not_know_leave_nothing_behind() =>
        Assert.Contains("Be brief.", Chat("\u0015/system Be\u001b brief.\n\u0001/system\n").Error);

    [Fact]
    public void What_a_model_writes_does_nothing_to_a_screen()
    {
        string plain = "two\nlines\tand é😀";
        Assert.Equal(plain, AnswerDisplay.Visible(plain));
        Assert.Equal("␛[2J␇␀�\n␡", AnswerDisplay.Visible("\u001b[2J\u0007\0\u009b\r\n\u007f"));
        using var output = new StringWriter();
        new AnswerDisplay(new Terminal(TextReader.Null, output, TextWriter.Null, TestContext.Current.CancellationToken) { ShowsOutput = true }).Add(new TextContent("\u001b[31mred"));
        Assert.Equal("␛[31mred", output.ToString());
    }

    [Fact]
    public void Old_turns_are_forgotten_where_the_context_ends() =>
        Assert.Equal(ExitCodes.Done, Chat(string.Concat(Enumerable.Repeat("The 3th line says that 3 + 3 = 6.\n", 10))).Code);

    [Fact]
    public void A_line_longer_than_the_context_is_refused() =>
        Assert.Contains("Say it shorter.", Chat(new string('#', 500)).Error);

    [Fact]
    public void A_template_and_a_system_prompt_are_followed()
    {
        using ChattyModel folder = new(model);
        string prompt = "{\"prompt\":\"<system>Be brief.\\n<user>Hello\\n<assistant>\"}";
        string generated = Cli.RunWithInput(prompt, "generate", "--model", model.Model, "--input", "-", "--greedy", "--max-new-tokens", "12", "--json").Rows.Single().GetProperty("text").GetString()!;
        Assert.Equal(generated + "\n", ChatWith(folder.Path, "Hello", "--greedy", "--system", "Be brief.").Output);
        Assert.Equal(generated + "\n", ChatWith(folder.Path, "/system Be brief.\nHello", "--greedy").Output);
        Assert.Contains("Be brief.", ChatWith(folder.Path, "/system Be brief.\n/system\n").Error);
    }

    [Fact]
    public void Reasoning_is_folded_until_it_is_asked_for()
    {
        using ChattyModel folder = new(model, "{{ messages[0].content }}<think>");
        Cli.Outcome outcome = ChatWith(folder.Path, "Hello\n/show\n", "--greedy");
        Assert.Equal("\n", outcome.Output);
        Assert.Contains("thinking... (12 tokens; /show unfolds them)\n", outcome.Error);
        string thought = outcome.Error.Split("/show unfolds them)\n> ")[1];
        Assert.True(thought.Length > 5, outcome.Error);
    }

    [Fact]
    public void An_answer_can_be_had_again_and_the_talk_be_saved()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string file = folder.File("talk.jsonl");
        Cli.Outcome outcome = Chat($"/regenerate\nHello\n/regenerate\n/save {file}\n/save\n/nothing\n", "--temperature", "2");
        Assert.Contains("There is nothing to answer again.", outcome.Error);
        Assert.Contains("/save needs a file", outcome.Error);
        Assert.Contains("There is no command /nothing.", outcome.Error);
        JsonElement messages = JsonDocument.Parse(File.ReadAllText(file)).RootElement.GetProperty("messages");
        Assert.Equal(["user", "assistant"], messages.EnumerateArray().Select(message => message.GetProperty("role").GetString()));
        Assert.EndsWith(messages[1].GetProperty("content").GetString() + "\n", outcome.Output);
        Assert.NotEqual(Chat("Hello\nHello\n", "--temperature", "2").Output.Split('\n')[0], outcome.Output.Split('\n')[^2]);
    }

    [Fact]
    public void Ctrl_C_stops_the_answer_and_not_the_program()
    {
        Action? interrupt = null;
        using var output = new OnWrite(() => interrupt?.Invoke());
        using var error = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal(new StringReader("Hello\n/exit\n"), output, error, TestContext.Current.CancellationToken)
        {
            Divert = action =>
            {
                interrupt = action;
                return null;
            },
        };
        Assert.Equal(ExitCodes.Done, CommandLine.Run(["chat", "--model", model.Model, "--max-new-tokens", "100000", "--greedy"], terminal));
        Assert.Equal(3, error.ToString().Split("> ").Length);
    }

    private Cli.Outcome Chat(string input, params string[] more) => ChatWith(model.Model, input, more);

    private static Cli.Outcome ChatWith(string folder, string input, params string[] more) =>
        Cli.RunWithInput(input, ["chat", "--model", folder, "--max-new-tokens", "12", .. more]);

    private sealed class OnWrite(Action action) : StringWriter
    {
        public override void Write(string? value)
        {
            base.Write(value);
            action();
        }
    }
}
