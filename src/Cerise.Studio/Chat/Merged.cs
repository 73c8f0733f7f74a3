using System.Threading.Channels;

namespace Cerise.Studio.Chat;

/// <summary>Several streams as one, in the order things come.</summary>
internal static class Merged
{
    /// <summary>Enumerates all streams at once; a fault of one, or leaving early, ends the others.</summary>
    public static async IAsyncEnumerable<T> Of<T>(
        IReadOnlyList<IAsyncEnumerable<T>> streams, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        if (streams.Count == 1)
        {
            await foreach (T item in streams[0].WithCancellation(cancellation).ConfigureAwait(false))
                yield return item;
            yield break;
        }
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var items = Channel.CreateUnbounded<T>(new UnboundedChannelOptions { SingleReader = true });
        Task all = Task.WhenAll(streams.Select(stream => Pump(stream, items.Writer, end)));
        Task closing = all.ContinueWith(done => items.Writer.TryComplete(done.Exception?.InnerException), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        try
        {
            await foreach (T item in items.Reader.ReadAllAsync(cancellation).ConfigureAwait(false))
                yield return item;
        }
        finally
        {
            await end.CancelAsync().ConfigureAwait(false);
            await closing.ConfigureAwait(false);
        }
    }

    private static async Task Pump<T>(IAsyncEnumerable<T> stream, ChannelWriter<T> items, CancellationTokenSource end)
    {
        try
        {
            await foreach (T item in stream.WithCancellation(end.Token).ConfigureAwait(false))
                items.TryWrite(item);
        }
        catch
        {
            await end.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }
}
