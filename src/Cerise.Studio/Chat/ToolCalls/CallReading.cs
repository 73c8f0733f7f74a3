namespace Cerise.Studio.Chat.ToolCalls;

/// <summary>Where the reading of tool calls stands.</summary>
internal enum CallReading
{
    /// <summary>More text may belong to the calls.</summary>
    More,

    /// <summary>The calls are over; what follows is content again.</summary>
    Done,

    /// <summary>The text is no call.</summary>
    Broken,
}
