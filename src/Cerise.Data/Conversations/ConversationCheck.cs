using System.Text;

namespace Cerise.Data.Conversations;

/// <summary>One check of conversations before training, and what came of it.</summary>
/// <param name="Name">What was checked.</param>
/// <param name="Verdict">Whether all is well.</param>
/// <param name="Detail">What was found.</param>
/// <param name="Places">The first rows concerned, as <c>file:line</c>; empty where all is well or the fault is no row's.</param>
/// <param name="Fix">How to fix it; empty where all is well.</param>
public sealed record ConversationCheck(string Name, CheckVerdict Verdict, string Detail, IReadOnlyList<string> Places, string Fix)
{
    /// <summary>Everything but the name and the verdict, in a line.</summary>
    public string Explanation => string.Join(' ', new[]
    {
        Places.Count > 0 ? $"{Detail} ({PlaceList()})." : $"{Detail}.",
        Fix,
    }.Where(part => part.Length > 0));

    /// <summary>The places, a file that follows itself named once.</summary>
    private string PlaceList()
    {
        var list = new StringBuilder();
        string file = "";
        foreach (string place in Places)
        {
            int line = place.LastIndexOf(':');
            bool isSame = list.Length > 0 && place[..line] == file;
            list.Append(list.Length > 0 ? ", " : "").Append(isSame ? place[line..] : place);
            file = place[..line];
        }
        return list.ToString();
    }
}
