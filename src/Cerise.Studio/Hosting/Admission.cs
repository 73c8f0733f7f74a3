namespace Cerise.Studio.Hosting;

/// <summary>Counts requests under way, and lets no more in once the server drains.</summary>
internal sealed class Admission
{
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private bool _draining;
    private int _inside;

    /// <summary>Whether new requests are refused.</summary>
    public bool IsDraining
    {
        get
        {
            lock (_lock)
                return _draining;
        }
    }

    /// <summary>Lets a request in, unless the server drains.</summary>
    public bool TryEnter()
    {
        lock (_lock)
        {
            if (_draining)
                return false;
            _inside++;
            return true;
        }
    }

    /// <summary>Tells that a request that was let in has ended.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            _inside--;
            if (_draining && _inside == 0)
                _empty.TrySetResult();
        }
    }

    /// <summary>Lets no more in.</summary>
    /// <returns>Completes when nobody is inside.</returns>
    public Task Drain()
    {
        lock (_lock)
        {
            _draining = true;
            if (_inside == 0)
                _empty.TrySetResult();
            return _empty.Task;
        }
    }
}
