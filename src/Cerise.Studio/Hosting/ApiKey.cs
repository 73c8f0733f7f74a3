using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Cerise.Studio.Hosting;

/// <summary>Checks the key of requests, in a time that does not depend on how much of it is right.</summary>
internal sealed class ApiKey
{
    private const string Scheme = "Bearer ";

    private readonly byte[]? _hash;

    /// <param name="key">The key; null where none is asked for.</param>
    public ApiKey(string? key) => _hash = key is null ? null : Hash(key);

    /// <summary>Refuses a request without the key.</summary>
    /// <exception cref="RequestException">Status 401.</exception>
    public void Check(HttpRequest request)
    {
        if (_hash is null)
            return;
        string header = request.Headers.Authorization.ToString();
        string given = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : "";
        if (!CryptographicOperations.FixedTimeEquals(Hash(given), _hash))
        {
            throw new RequestException(
                401, given.Length == 0 ? "no API key was sent. Send the header 'Authorization: Bearer KEY'." : "the API key is wrong.", code: "invalid_api_key");
        }
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
