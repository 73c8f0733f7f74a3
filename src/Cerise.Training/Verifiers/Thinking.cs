namespace Cerise.Training.Verifiers;

/// <summary>Splits a response at the end of its thinking.</summary>
public static class Thinking
{
    /// <summary>The tag that opens the thinking.</summary>
    public const string Open = "<think>";

    /// <summary>The tag that closes the thinking.</summary>
    public const string Close = "</think>";

    /// <summary>The text after the last closing tag; the whole response where there is none.</summary>
    public static string After(string response)
    {
        ArgumentNullException.ThrowIfNull(response);
        int close = response.LastIndexOf(Close, StringComparison.Ordinal);
        return close < 0 ? response : response[(close + Close.Length)..];
    }

    /// <summary>The thinking itself: up to the last closing tag, without the tags; the whole response where there is no closing tag.</summary>
    public static string Inside(string response)
    {
        ArgumentNullException.ThrowIfNull(response);
        int close = response.LastIndexOf(Close, StringComparison.Ordinal);
        string thinking = close < 0 ? response : response[..close];
        string trimmed = thinking.TrimStart();
        return trimmed.StartsWith(Open, StringComparison.Ordinal) ? trimmed[Open.Length..] : thinking;
    }

    /// <summary>Whether the response closes its thinking.</summary>
    public static bool IsClosed(string response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return response.Contains(Close, StringComparison.Ordinal);
    }
}
