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
internal readonly record struct AnswerDelta(AnswerDeltaKind Kind, string Text, int Call = 0)
{
    /// <summary>Puts together what goes on in the piece that follows.</summary>
    public static List<AnswerDelta> Join(IEnumerable<AnswerDelta> deltas)
    {
        List<AnswerDelta> joined = [];
        foreach (AnswerDelta delta in deltas)
        {
            if (joined.Count > 0 && joined[^1] is var last && last.Kind == delta.Kind && last.Call == delta.Call && delta.Kind != AnswerDeltaKind.CallBegins)
                joined[^1] = last with { Text = last.Text + delta.Text };
            else
                joined.Add(delta);
        }
        return joined;
    }
}
