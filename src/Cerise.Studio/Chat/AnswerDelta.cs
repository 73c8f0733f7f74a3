namespace Cerise.Studio.Chat;

/// <summary>What a piece of an answer is.</summary>
internal enum AnswerDeltaKind
{
    /// <summary>Text for the reader.</summary>
    Content,

    /// <summary>Text the model thinks with, between its reasoning markers.</summary>
    Reasoning,

    /// <summary>A tool call begins; the text is the function's name.</summary>
    CallBegins,

    /// <summary>More of a tool call's arguments, as JSON text.</summary>
    CallArguments,
}

/// <summary>A piece of an answer.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The piece.</param>
/// <param name="Call">Which tool call it belongs to, from 0.</param>
internal readonly record struct AnswerDelta(AnswerDeltaKind Kind, string Text, int Call = 0);
