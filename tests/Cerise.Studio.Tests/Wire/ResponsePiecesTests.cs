using System.Security.Cryptography;
using Cerise.Studio.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Cerise.Studio.Tests.Wire;

public sealed class ResponsePiecesTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(ResponsePieces.Most)]
    [InlineData((5 * ResponsePieces.Most) + 7)]
    public async Task A_large_answer_is_sent_in_small_writes(int length)
    {
        using var body = new Recorder();
        var context = new DefaultHttpContext();
        context.Response.Body = body;
        byte[] answer = RandomNumberGenerator.GetBytes(length);
        await ResponsePieces.Send(context.Response, answer, TestContext.Current.CancellationToken);
        Assert.Equal(answer, body.ToArray());
        Assert.All(body.Writes, write => Assert.InRange(write, 1, ResponsePieces.Most));
        Assert.Equal(body.Writes.Count, body.Flushes);
    }

    [Fact]
    public async Task A_client_that_makes_no_room_is_left()
    {
        var time = new ManualTime();
        using var body = new Full();
        var lifetime = new Lifetime();
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpRequestLifetimeFeature>(lifetime);
        context.Response.Body = body;
        Task sending = ResponsePieces.Send(context.Response, new byte[10], TestContext.Current.CancellationToken, time);
        Assert.False(sending.IsCompleted);
        Assert.Equal(ResponsePieces.Longest, time.Due);
        time.Ring();
        await Assert.ThrowsAsync<ClientLeftException>(() => sending);
        Assert.True(lifetime.IsAborted);
    }

    private sealed class ManualTime : TimeProvider
    {
        private Action? _ring;

        public TimeSpan Due { get; private set; }

        public void Ring() => _ring!();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            (Due, _ring) = (dueTime, () => callback(state));
            return new NoTimer();
        }

        private sealed class NoTimer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }

    private sealed class Full : MemoryStream
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            await Task.Delay(Timeout.Infinite, cancellationToken);
    }

    private sealed class Lifetime : IHttpRequestLifetimeFeature
    {
        public bool IsAborted { get; private set; }

        public CancellationToken RequestAborted { get; set; }

        public void Abort() => IsAborted = true;
    }

    private sealed class Recorder : MemoryStream
    {
        public List<int> Writes { get; } = [];

        public int Flushes { get; private set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Writes.Add(buffer.Length);
            return base.WriteAsync(buffer, cancellationToken);
        }

        public override Task FlushAsync(CancellationToken cancellationToken)
        {
            Flushes++;
            return base.FlushAsync(cancellationToken);
        }
    }
}
