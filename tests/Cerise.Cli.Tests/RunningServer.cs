using System.Text;

namespace Cerise.Cli.Tests;

/// <summary>The verb <c>serve</c>, run in this process on a free port.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private const string Announcement = "serve: ";

    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task<Cli.Outcome> _end;

    private RunningServer(string[] args)
    {
        var error = new Watched(line =>
        {
            if (line.StartsWith(Announcement, StringComparison.Ordinal) && line.Contains(" at http", StringComparison.Ordinal))
                _address.TrySetResult(new Uri(line.Split(" at ")[1].Split(';')[0]));
        });
        _end = Task.Run(() =>
        {
            using var output = new StringWriter();
            int code = CommandLine.Run(args, new StringReader(""), output, error, _stop.Token);
            _address.TrySetException(new InvalidOperationException($"serve ended with {code}: {error}"));
            return new Cli.Outcome(code, output.ToString(), error.ToString());
        });
    }

    /// <summary>The base URL for clients, which ends in /v1.</summary>
    public Uri Address => _address.Task.Result;

    public static async Task<RunningServer> Start(params string[] args)
    {
        var server = new RunningServer(["serve", "--port", "0", .. args]);
        await server._address.Task;
        return server;
    }

    /// <summary>Runs the verb until it listens, and stops it.</summary>
    public static Cli.Outcome RunOnce(string[] args)
    {
        var server = new RunningServer(args);
        server._address.Task.GetAwaiter().GetResult();
        return server.Stop().GetAwaiter().GetResult();
    }

    /// <summary>Stops it as Ctrl-C does.</summary>
    public async Task<Cli.Outcome> Stop()
    {
        await _stop.CancelAsync();
        return await _end;
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        _stop.Dispose();
    }

    private sealed class Watched(Action<string> seen) : StringWriter
    {
        private readonly StringBuilder _line = new();

        public override Encoding Encoding => Encoding.UTF8;

        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            seen(_line.Append(value).ToString());
            _line.Clear();
        }
    }
}
