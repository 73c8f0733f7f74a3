namespace Cerise.Data.ChatTemplates.Text;

/// <summary>Where characters come from.</summary>
/// <param name="Message">Index of the message whose data they are, -1 for none.</param>
/// <param name="Turn">Index of the message whose loop iteration wrote them, -1 for none.</param>
/// <param name="Generated">Whether they were written inside a generation block.</param>
internal readonly record struct Origin(int Message, int Turn, bool Generated)
{
    /// <summary>Of text that no message and no loop over messages had a part in.</summary>
    public static Origin None { get; } = new(-1, -1, false);

    /// <summary>Of a message's data that nothing has written yet.</summary>
    public static Origin Of(int message) => new(message, -1, false);

    public bool IsNone => Message < 0 && Turn < 0 && !Generated;

    /// <summary>The origin after being written where <paramref name="place"/> holds: text that was written in a turn before stays of that turn.</summary>
    public Origin WrittenAt(Origin place) =>
        new(Message >= 0 ? Message : place.Message, Turn >= 0 ? Turn : place.Turn, Generated || place.Generated);
}

/// <summary>A run of characters of one origin, from the end of the run before.</summary>
internal readonly record struct OriginRun(int End, Origin Origin);
