namespace Cerise.Models.Adapters;

/// <summary>A state of an adapter that ends when this is disposed of.</summary>
public readonly struct AdapterScope : IDisposable
{
    private readonly Action? _end;

    internal AdapterScope(Action end) => _end = end;

    /// <summary>Puts the adapter back into the state before.</summary>
    public void Dispose() => _end?.Invoke();
}
