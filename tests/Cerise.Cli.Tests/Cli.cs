using System.Text.Json;

namespace Cerise.Cli.Tests;

/// <summary>Runs commands in this process.</summary>
internal static class Cli
{
    /// <summary>What a command did.</summary>
    public sealed record Outcome(int Code, string Output, string Error)
    {
        /// <summary>The output's lines as JSON.</summary>
        public JsonElement[] Rows =>
            [.. Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    public static Outcome Run(params string[] args) => RunWithInput("", args);

    public static Outcome RunWithInput(string input, params string[] args) => RunWithInput(new StringReader(input), args);

    public static Outcome RunWithInput(TextReader input, params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        int code = CommandLine.Run(args, input, output, error, TestContext.Current.CancellationToken);
        return new Outcome(code, output.ToString(), error.ToString());
    }

    /// <summary>Runs a command that must succeed without a word to standard error, unless <paramref name="args"/> make it say one.</summary>
    public static Outcome Succeed(params string[] args)
    {
        Outcome outcome = Run(args);
        Assert.True(outcome.Code == ExitCodes.Done, $"{string.Join(' ', args)} ended with {outcome.Code}: {outcome.Error}");
        return outcome;
    }

    /// <summary>Runs a command that must end with an exit code and one message without a stack trace.</summary>
    public static string Fail(int code, params string[] args) => Fail(code, new StringReader(""), args);

    public static string Fail(int code, TextReader input, params string[] args)
    {
        Outcome outcome = RunWithInput(input, args);
        Assert.Equal(code, outcome.Code);
        Assert.StartsWith("cerise: ", outcome.Error);
        Assert.DoesNotContain("   at ", outcome.Error);
        Assert.DoesNotContain("internal error", outcome.Error);
        return outcome.Error["cerise: ".Length..].TrimEnd('\n');
    }

    public static int[] Ints(this JsonElement row, string key) => [.. row.GetProperty(key).EnumerateArray().Select(item => item.GetInt32())];

    public static float[] Floats(this JsonElement row, string key) => [.. row.GetProperty(key).EnumerateArray().Select(item => item.GetSingle())];
}
