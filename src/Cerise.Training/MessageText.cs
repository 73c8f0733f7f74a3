namespace Cerise.Training;

/// <summary>Keeps messages short that quote what a file holds, which can be of any length.</summary>
internal static class MessageText
{
    private const int MostCharacters = 2000, EndCharacters = 500;

    /// <summary>A message whose middle is left out where it is too long to be read.</summary>
    public static string Bounded(string message) =>
        message.Length <= MostCharacters ? message : $"{message[..(MostCharacters - EndCharacters)]} ... {message[^EndCharacters..]}";
}
