namespace Cerise.Cli.Tests;

/// <summary>What every verb has in common: help, misuse, and quiet ends.</summary>
public sealed class CommandLineTests(SmallModel model)
{
    public static TheoryData<string> Verbs => [.. CommandLine.NewVerbs().Select(verb => verb.Command.Name)];

    [Fact]
    public void Unknown_verb_names_the_nearest_one() =>
        Assert.StartsWith("unknown verb 'genrate'; did you mean 'generate'? (known: ", Cli.Fail(ExitCodes.Misuse, "genrate"));

    [Fact]
    public void Unknown_flag_names_the_nearest_one() =>
        Assert.StartsWith(
            "score: unknown flag '--temprature'; did you mean '--temperature'? (known: ", Cli.Fail(ExitCodes.Misuse, "score", "--temprature", "1"));

    [Fact]
    public void Unknown_flag_with_a_value_after_an_equals_sign_is_named_without_it() =>
        Assert.StartsWith("score: unknown flag '--modl'; did you mean '--model'?", Cli.Fail(ExitCodes.Misuse, "score", "--modl=x"));

    [Fact]
    public void A_missing_flag_is_named_with_what_it_is_for() => Assert.Equal(
        "score: --input is missing (rows {\"ids\"} or {\"prompt\",\"completion\"}; '-' reads standard input). See './cerise score --help'.",
        Cli.Fail(ExitCodes.Misuse, "score", "--model", "x"));

    [Fact]
    public void A_flag_without_its_value_is_named() =>
        Assert.Equal(
            "score: --model needs a value (DIR). See './cerise score --help'.", Cli.Fail(ExitCodes.Misuse, "score", "--input", "-", "--model"));

    [Fact]
    public void A_flag_given_twice_is_named() =>
        Assert.Equal(
            "score: --model is given 2 times; give it once. See './cerise score --help'.",
            Cli.Fail(ExitCodes.Misuse, "score", "--input", "-", "--model", "a", "--model", "b"));

    [Fact]
    public void A_missing_argument_is_named() =>
        Assert.StartsWith("verify: KIND is missing (countdown, format, gsm8k", Cli.Fail(ExitCodes.Misuse, "verify", "--input", "-"));

    [Fact]
    public void A_word_too_many_is_named() => Assert.Equal(
        "generate: 'upon' is one word too many; put a text with spaces in quotes. See './cerise generate --help'.",
        Cli.Fail(ExitCodes.Misuse, "generate", "--model", "x", "--prompt", "Once", "upon"));

    [Theory]
    [InlineData("--n", "0", "use a whole number in [1, 1000000]")]
    [InlineData("--n", "many", "use a whole number in [1, 1000000]")]
    [InlineData("--temperature", "-1", "use a number of 0 or more")]
    [InlineData("--temperature", "NaN", "use a number of 0 or more")]
    [InlineData("--top-p", "0", "use a number in (0, 1]")]
    [InlineData("--top-p", "1,5", "use a number in (0, 1]")]
    [InlineData("--top-k", "-1", "use a whole number of 0 or more")]
    [InlineData("--min-p", "2", "use a number in [0, 1]")]
    [InlineData("--repetition-penalty", "0", "use a number above 0")]
    [InlineData("--max-new-tokens", "0", "use a whole number of 1 or more")]
    [InlineData("--seed", "1.5", "use a whole number")]
    [InlineData("--threads", "0", "use a whole number in [1, 1024]")]
    [InlineData("--device", "gpu", "use cpu")]
    public void A_value_out_of_range_says_what_is_expected(string flag, string value, string expected) => Assert.Equal(
        $"generate: {flag} is '{value}'; {expected}. See './cerise generate --help'.",
        Cli.Fail(ExitCodes.Misuse, "generate", "--model", "x", "--prompt", "a", flag, value));

    [Fact]
    public void No_verb_is_misuse() => Assert.Equal("no verb given. See './cerise --help'.", Cli.Fail(ExitCodes.Misuse));

    [Fact]
    public void Help_lists_every_verb()
    {
        string help = Cli.Succeed("--help").Output;
        Assert.All(CommandLine.NewVerbs(), verb => Assert.Contains($"\n  {verb.Command.Name}", help));
        Assert.Equal(help, Cli.Succeed("help").Output);
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Help_of_a_verb_ends_with_its_example(string verb)
    {
        string help = Cli.Succeed(verb, "--help").Output;
        Assert.EndsWith($"\nExample:\n  {CommandLine.NewVerbs().Single(known => known.Command.Name == verb).Example}\n", help);
        Assert.Contains("--threads", help);
        Assert.Equal(help, Cli.Succeed("help", verb).Output);
    }

    [Fact]
    public void Version_is_printed() => Assert.Matches(@"^\d+\.\d+\.\d+", Cli.Succeed("--version").Output);

    [Fact]
    public void A_prompt_may_begin_like_a_response_file_or_a_number() =>
        Assert.All(["@file", "-1 + 2"], prompt => Cli.Succeed("generate", "--model", model.Model, "--prompt", prompt, "--max-new-tokens", "1"));

    [Fact]
    public void Cancellation_ends_quietly_with_130()
    {
        using var cancelled = new CancellationTokenSource();
        using var output = new ActingWriter(cancelled.Cancel);
        using var error = new StringWriter();
        string rows = string.Concat(Enumerable.Repeat("{\"text\":\"a\"}\n", 5));
        int code = CommandLine.Run(["tokenize", "--tokenizer", model.Model, "--input", "-"], new StringReader(rows), output, error, cancelled.Token);
        Assert.Equal(ExitCodes.Interrupted, code);
        Assert.Equal("", error.ToString());
        Assert.Equal(1, output.Lines);
    }

    [Fact]
    public void A_reader_that_goes_away_ends_the_verb_quietly()
    {
        using var output = new ActingWriter(() => throw new OutputClosedException(new IOException("broken pipe")));
        using var error = new StringWriter();
        string[] command = ["tokenize", "--tokenizer", model.Model, "--input", "-"];
        int code = CommandLine.Run(
            command, new StringReader("{\"text\":\"a\"}\n{\"text\":\"b\"}"), output, error, TestContext.Current.CancellationToken);
        Assert.Equal(ExitCodes.Done, code);
        Assert.Equal("", error.ToString());
        Assert.Equal(1, output.Lines);
    }

    // Acts when a line arrives.
    private sealed class ActingWriter(Action act) : StringWriter
    {
        public int Lines { get; private set; }

        public override void Write(string? value)
        {
            Lines++;
            act();
        }
    }
}
