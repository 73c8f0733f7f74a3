namespace Cerise.Cli.Tests.Verbs;

public sealed class EnvVerbTests
{
    [Fact]
    public void Facts_are_lines_or_one_object()
    {
        string[] lines = Cli.Succeed("env", "--threads", "1").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("cerise: ", lines[0]);
        Assert.Contains(lines, line => line.StartsWith("device: cpu (1 thread, ", StringComparison.Ordinal));
        Assert.Equal(lines.Length, Cli.Succeed("env", "--json").Rows.Single().EnumerateObject().Count());
    }
}
