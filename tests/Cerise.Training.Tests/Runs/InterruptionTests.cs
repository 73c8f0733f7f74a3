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
    public void The_systems_request_to_end_sets_the_flag_and_the_process_lives()
    {
        Assert.SkipUnless(File.Exists("/bin/kill"), "there is no kill program here to send a signal");
        using var interruption = new Interruption();
        using Process kill = Process.Start("/bin/kill", ["-TERM", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)]);
        Assert.True(interruption.Token.WaitHandle.WaitOne(TimeSpan.FromSeconds(30)));
    }
}
