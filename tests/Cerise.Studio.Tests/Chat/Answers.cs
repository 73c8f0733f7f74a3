using Cerise.Studio.Chat;
using Cerise.Studio.Chat.ToolCalls;

namespace Cerise.Studio.Tests.Chat;

/// <summary>Reads answers, in pieces of every size, and tells what they hold.</summary>
internal static class Answers
{
    /// <summary>The deltas of a text, neighbours of a kind put together: <c>content|reasoning|name(arguments)</c>. However the text is cut, they must be the same.</summary>
    public static string Read(string text, ToolCallFormat? tools = null, ReasoningMarkers? reasoning = null)
    {
        string whole = Read(text, text.Length, tools, reasoning);
        for (int size = 1; size <= 7; size++)
            Assert.Equal(whole, Read(text, size, tools, reasoning));
        return whole;
    }

    private static string Read(string text, int size, ToolCallFormat? tools, ReasoningMarkers? reasoning)
    {
        var reader = new AnswerReader(reasoning ?? ReasoningMarkers.Usual, tools);
        List<AnswerDelta> deltas = [];
        for (int at = 0; at < text.Length; at += Math.Max(size, 1))
            reader.Append(text.Substring(at, Math.Min(size, text.Length - at)), deltas);
        reader.Finish(deltas);
        Assert.All(deltas, delta => Assert.NotEmpty(delta.Text));
        Assert.Equal(deltas.Count(delta => delta.Kind == AnswerDeltaKind.CallBegins), reader.Calls);
        List<string> parts = [];
        AnswerDeltaKind? last = null;
        foreach (AnswerDelta delta in deltas)
        {
            if (delta.Kind == AnswerDeltaKind.CallBegins)
                parts.Add($"{delta.Call}:{delta.Text}=");
            else if (delta.Kind == last || delta.Kind == AnswerDeltaKind.CallArguments)
                parts[^1] += delta.Text;
            else
                parts.Add((delta.Kind == AnswerDeltaKind.Reasoning ? "thinks:" : "") + delta.Text);
            last = delta.Kind;
        }
        return string.Join('|', parts);
    }
}
