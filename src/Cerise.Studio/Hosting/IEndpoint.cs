using Microsoft.AspNetCore.Http;

namespace Cerise.Studio.Hosting;

/// <summary>One endpoint of the server.</summary>
internal interface IEndpoint
{
    /// <summary>The method it answers.</summary>
    public string Method { get; }

    /// <summary>Its path, with variables in braces.</summary>
    public string Path { get; }

    /// <summary>Whether it answers while the server drains.</summary>
    public bool AnswersWhileDraining => false;

    /// <summary>Whether it asks for the API key.</summary>
    public bool NeedsKey => true;

    /// <summary>Answers a request.</summary>
    /// <exception cref="RequestException">The request cannot be answered.</exception>
    public Task Answer(HttpContext context, CancellationToken cancellation);
}
