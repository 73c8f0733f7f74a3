using System.Text;
using System.Text.Json.Nodes;
using Cerise.Studio.Chat.ToolCalls;

namespace Cerise.Studio.Chat;

/// <summary>Conversations of models without a chat template: <c>User: ...</c> and <c>Assistant: ...</c> in turn, the system prompt before them.</summary>
internal sealed class PlainChatFormat : ChatFormat
{
    private const string UserTurn = "User:";
    private const string AssistantTurn = "Assistant:";

    /// <inheritdoc/>
    public override ReasoningMarkers Reasoning => ReasoningMarkers.Usual;

    /// <inheritdoc/>
    public override ToolCallFormat? ToolCalls => null;

    /// <inheritdoc/>
    public override IReadOnlyList<string> StopStrings { get; } = [$"\n{UserTurn}"];

    /// <inheritdoc/>
    public override bool AnswersBeginWithSpace => true;

    /// <inheritdoc/>
    public override bool BeginsText => true;

    /// <inheritdoc/>
    public override string Render(ChatRequest request)
    {
        var text = new StringBuilder();
        foreach (JsonNode? message in request.Messages)
        {
            string content = message!["content"]?.GetValue<string>() ?? "";
            text.Append(message["role"]!.GetValue<string>() switch
            {
                "system" => $"{content}\n",
                "user" => $"{UserTurn} {content}\n",
                "assistant" => $"{AssistantTurn} {content}\n",
                _ => throw new RequestException(422, "the model has no chat template, so its conversations hold system, user and assistant messages only.", "messages"),
            });
        }
        return text.Append(AssistantTurn).ToString();
    }
}
