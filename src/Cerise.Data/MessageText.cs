using System.Text.Json;

namespace Cerise.Data;

/// <summary>Keeps messages short that quote what a file holds, which can be of any length.</summary>
internal static class MessageText
{
    private const int MostCharacters = 2000, EndCharacters = 500, MostOfReason = 200;

    /// <summary>A message whose middle is left out where it is too long to be read.</summary>
    public static string Bounded(string message) =>
        message.Length <= MostCharacters ? message : $"{message[..(MostCharacters - EndCharacters)]} ... {message[^EndCharacters..]}";

    /// <summary>What the JSON parser found wrong, without its place; a damaged word, which the parser repeats whole, is cut.</summary>
    public static string Reason(Exception error)
    {
        string reason = error.Message;
        int place = error is JsonException ? reason.IndexOf(" LineNumber:", StringComparison.Ordinal) : -1;
        if (place >= 0)
            reason = reason[..place];
        return reason.Length <= MostOfReason ? reason : $"{reason[..MostOfReason]}...";
    }
}
