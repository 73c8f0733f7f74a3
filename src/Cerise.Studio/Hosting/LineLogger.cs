using Microsoft.Extensions.Logging;

namespace Cerise.Studio.Hosting;

/// <summary>Writes a log as plain lines.</summary>
/// <param name="output">Where to.</param>
internal sealed class LineLogger(TextWriter output) : ILoggerProvider, ILogger
{
    private readonly Lock _lock = new();

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => this;

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        string word = logLevel switch
        {
            LogLevel.Warning => "warning: ",
            LogLevel.Error or LogLevel.Critical => "error: ",
            _ => "",
        };
        lock (_lock)
            output.WriteLine($"serve: {word}{formatter(state, exception)}{(exception is null ? "" : $": {exception}")}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
