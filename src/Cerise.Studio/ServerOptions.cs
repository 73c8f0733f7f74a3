using System.Net;

namespace Cerise.Studio;

/// <summary>Settings of a <see cref="StudioServer"/>.</summary>
public sealed record ServerOptions
{
    /// <summary>The address to listen on: an IP address, <c>localhost</c>, or <c>*</c> for all. Default the loopback address: a model is nobody else's business.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The port, in [0, 65535]; 0 takes a free one. Default 8000, as vLLM's.</summary>
    public int Port { get; init; } = 8000;

    /// <summary>The key that clients must send as <c>Authorization: Bearer KEY</c>; null for none (default).</summary>
    public string? ApiKey { get; init; }

    /// <summary>Most bytes of a request's body. Default 8 MiB, which holds a conversation of a million words.</summary>
    public long MaxBodyBytes { get; init; } = 8 << 20;

    /// <summary>Most time for one answer; null for no limit. Default ten minutes, after which OpenAI's clients give up themselves.</summary>
    public TimeSpan? RequestTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Most connections at once. Default 1024.</summary>
    public int MaxConnections { get; init; } = 1024;

    /// <summary>Receives the log; null for none (default).</summary>
    public TextWriter? Log { get; init; }

    /// <summary>The clock. Default the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>What is wrong with the settings.</summary>
    public IEnumerable<string> Faults()
    {
        if (Address is null)
            yield return $"host is '{Host}'; use an IP address, localhost, or * for all addresses";
        if (Port is < 0 or > 65535)
            yield return $"port is {Port}; use a number in [0, 65535]";
        if (ApiKey is not null && string.IsNullOrWhiteSpace(ApiKey))
            yield return "the API key is blank; give one of several characters, or none";
        if (MaxBodyBytes < 1)
            yield return $"the most bytes of a body is {MaxBodyBytes}; use 1 or more";
        if (RequestTimeout is { } timeout && timeout <= TimeSpan.Zero)
            yield return $"the timeout of a request is {timeout}; use more than zero";
        if (MaxConnections < 1)
            yield return $"the most connections is {MaxConnections}; use 1 or more";
    }

    /// <summary>Whether only programs of this machine can reach it.</summary>
    internal bool IsLoopback => Address is { } address && IPAddress.IsLoopback(address);

    /// <summary>The address to listen on; null where <see cref="Host"/> is none.</summary>
    internal IPAddress? Address => Host switch
    {
        "localhost" => IPAddress.Loopback,
        "*" => IPAddress.IPv6Any,
        _ => IPAddress.TryParse(Host, out IPAddress? address) ? address : null,
    };
}
