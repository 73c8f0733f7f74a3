using Microsoft.Extensions.Logging;

namespace Cerise.Studio.Hosting;

/// <summary>What the server writes into its log.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(1, LogLevel.Warning, "listening on {Host} without an API key: whoever reaches this machine can use the model. Set one, or listen on 127.0.0.1.")]
    public static partial void NoKey(ILogger logger, string host);

    [LoggerMessage(2, LogLevel.Error, "{Route} failed")]
    public static partial void Failed(ILogger logger, string route, Exception fault);

    [LoggerMessage(3, LogLevel.Error, "{Route}: the model failed: {Message}")]
    public static partial void ModelFailed(ILogger logger, string route, string message);

    [LoggerMessage(4, LogLevel.Information, "draining: no new requests, answers under way are finished")]
    public static partial void Draining(ILogger logger);
}
