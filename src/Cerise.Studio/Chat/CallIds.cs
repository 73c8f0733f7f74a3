using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Cerise.Studio.Chat;

/// <summary>Names tool calls by what was asked, so that the same request gives the same ids: templates write them into later prompts.</summary>
/// <param name="prompt">The prompt.</param>
/// <param name="seed">The request's seed.</param>
/// <param name="length">Length of an id where templates ask for one; null for <c>call_</c> and 24 characters.</param>
internal sealed class CallIds(string prompt, long? seed, int? length)
{
    private const string Letters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    /// <summary>The id of a call.</summary>
    /// <param name="sample">Which of the request's answers.</param>
    /// <param name="call">Which call of it.</param>
    public string Of(int sample, int call)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{seed} {sample} {call} {prompt}")));
        string letters = string.Concat(hash.Select(value => Letters[value % Letters.Length]));
        return length is { } fixedLength ? letters[..fixedLength] : $"call_{letters[..24]}";
    }
}
