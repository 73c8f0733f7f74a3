using Cerise.Studio.Endpoints;
using Cerise.Studio.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cerise.Studio;

/// <summary>An OpenAI-compatible server over HTTP for one model.</summary>
/// <remarks>It listens to no signals: whoever starts it decides when to <see cref="Drain"/>. The engine stays its owner's.</remarks>
public sealed class StudioServer : IAsyncDisposable
{
    private static readonly TimeSpan LastBytes = TimeSpan.FromSeconds(5);

    private readonly WebApplication _app;
    private readonly Admission _admission = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly ILogger _logger;

    private StudioServer(ServedModel model, ServerOptions options)
    {
        _app = NewApplication(options);
        _logger = _app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("serve");
        long created = options.Time.GetUtcNow().ToUnixTimeSeconds();
        var metrics = new ServerMetrics();
        var gate = new RequestGate(_admission, new ApiKey(options.ApiKey), metrics, options, _logger, _abort.Token);
        IEndpoint[] endpoints =
        [
            new ChatCompletionsEndpoint(model, options, metrics),
            new CompletionsEndpoint(model, options, metrics),
            new ModelsEndpoint(model, created),
            new ModelEndpoint(model, created),
            new HealthEndpoint(_admission),
            new MetricsEndpoint(model, metrics, _admission),
        ];
        _app.Use(async (context, next) =>
        {
            await next(context).ConfigureAwait(false);
            if (context.GetEndpoint() is null or not RouteEndpoint && !context.Response.HasStarted && context.Response.StatusCode is 404 or 405)
                await gate.Refuse(context, context.Response.StatusCode).ConfigureAwait(false);
        });
        foreach (IEndpoint endpoint in endpoints)
            _app.MapMethods(endpoint.Path, MethodsOf(endpoint), context => gate.Pass(endpoint, context));
    }

    /// <summary>Where it listens, such as <c>http://127.0.0.1:8000</c>.</summary>
    public Uri Address { get; private set; } = new("http://localhost");

    /// <summary>Begins to listen.</summary>
    /// <param name="model">What answers.</param>
    /// <param name="options">Where to listen, and limits.</param>
    /// <param name="cancellation">Gives up starting.</param>
    /// <exception cref="ArgumentException">A setting is not one.</exception>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<StudioServer> Start(ServedModel model, ServerOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        string faults = string.Join("; ", options.Faults());
        if (faults.Length > 0)
            throw new ArgumentException(faults, nameof(options));
        var server = new StudioServer(model, options);
        try
        {
            await server._app.StartAsync(cancellation).ConfigureAwait(false);
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        server.Address = new Uri(server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        if (!options.IsLoopback && options.ApiKey is null)
            ServerLog.NoKey(server._logger, options.Host);
        return server;
    }

    /// <summary>Refuses new requests, waits until those it has begun are answered, and stops listening.</summary>
    /// <param name="abort">Gives up waiting: answers under way end with an error.</param>
    public async Task Drain(CancellationToken abort = default)
    {
        ServerLog.Draining(_logger);
        try
        {
            await _admission.Drain().WaitAsync(abort).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await _abort.CancelAsync().ConfigureAwait(false);
        }
        await Stop().ConfigureAwait(false);
    }

    /// <summary>Stops at once; answers under way end with an error.</summary>
    public async ValueTask DisposeAsync()
    {
        await _abort.CancelAsync().ConfigureAwait(false);
        await Stop().ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
        _abort.Dispose();
    }

    private async Task Stop()
    {
        using var limit = new CancellationTokenSource(LastBytes);
        await _app.StopAsync(limit.Token).ConfigureAwait(false);
    }

    // What can be got can be asked about: watchdogs and load balancers send HEAD, whose answer the server sends without its body.
    private static string[] MethodsOf(IEndpoint endpoint) =>
        endpoint.Method == HttpMethods.Get ? [HttpMethods.Get, HttpMethods.Head] : [endpoint.Method];

    private static WebApplication NewApplication(ServerOptions options)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        // Settings come from the options alone: no environment variable or file beside the program changes where it listens.
        builder.Configuration.Sources.Clear();
        builder.Logging.ClearProviders();
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("serve", LogLevel.Information).AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        if (options.Log is not null)
            builder.Logging.AddProvider(new LineLogger(options.Log));
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.MaxBodyBytes;
            kestrel.Limits.MaxConcurrentConnections = options.MaxConnections;
            if (options.Host == "localhost" && options.Port != 0)
                kestrel.ListenLocalhost(options.Port);
            else if (options.Host == "*")
                kestrel.ListenAnyIP(options.Port);
            else
                kestrel.Listen(options.Address!, options.Port);
        });
        return builder.Build();
    }

    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
