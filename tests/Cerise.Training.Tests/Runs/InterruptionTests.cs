using System.Diagnostics;
using System.Globalization;
using Cerise.Training.Runs;

namespace Cerise.Training.Tests.Runs;

public sealed class InterruptionTests
{
    [Fact]
    public void A_request_sets_the_flag_once()
    {
        int told = 0;
        using var interruption = new Interruption(() => told++);
        Assert.False(interruption.IsRequested);
        Assert.True(interruption.Request());
        Assert.False(interruption.Request());
        Assert.True(interruption.Token.IsCancellationRequested);
        Assert.Equal(1, told);
    }

    [Fact]
    public void The_work_under_way_says_what_the_second_request_costs_once()
    {
        List<string> said = [];
        using var interruption = new Interruption(() => said.Add("first"), () => said.Add("second"));
        interruption.Announce(() => said.Add("other first"), () => said.Add("other second")).Dispose();
        interruption.Request();
        using (interruption.Announce(() => said.Add("saving"), () => said.Add("kept: step 4")))
            for (int i = 0; i < 3; i++)
                Assert.False(interruption.Request());
        Assert.Equal(["first", "kept: step 4"], said);
    }

    [Fact]
    public void A_notice_that_fails_does_not_keep_the_process()
    {
        using var interruption = new Interruption(onSecond: () => throw new IOException("nobody reads"));
        Assert.True(interruption.Request());
        Assert.False(interruption.Request());
    }

    [Theory]
    [InlineData("grpo", 40, 2, "the checkpoint of stage 'grpo' at step 40")]
    [InlineData("grpo", 0, 2, "the 2 stages that are done")]
    [InlineData(null, 0, 1, "stage 's0', which is done")]
    [InlineData("task", 0, 0, "nothing yet")]
    public void What_is_kept_is_said_in_words(string? stage, long step, int finished, string text) => Assert.Equal(
        text, new RunProgress { Stage = stage, Step = step, Finished = [.. Enumerable.Range(0, finished).Select(i => new FinishedStage($"s{i}", 1))] }.Kept());

    [Fact]
    public void The_systems_request_to_end_sets_the_flag_and_the_process_lives()
    {
        Assert.SkipUnless(File.Exists("/bin/kill"), "there is no kill program here to send a signal");
        using var interruption = new Interruption();
        using Process kill = Process.Start("/bin/kill", ["-TERM", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)]);
        Assert.True(interruption.Token.WaitHandle.WaitOne(TimeSpan.FromSeconds(30)));
    }
}
