using System.Text;
using Cerise.Data.Inference;

namespace Cerise.Studio.Chat;

/// <summary>One whole answer.</summary>
internal sealed class ChatResult
{
    private readonly StringBuilder _content = new();
    private readonly StringBuilder _reasoning = new();
    private readonly List<(string Name, StringBuilder Arguments)> _calls = [];
    private readonly List<EngineToken> _tokens = [];

    /// <summary>Text for the reader.</summary>
    public string Content => _content.ToString();

    /// <summary>What the model thought.</summary>
    public string Reasoning => _reasoning.ToString();

    /// <summary>The functions it calls, with their arguments as JSON.</summary>
    public IReadOnlyList<(string Name, string Arguments)> Calls => [.. _calls.Select(call => (call.Name, call.Arguments.ToString()))];

    /// <summary>Its tokens.</summary>
    public IReadOnlyList<EngineToken> Tokens => _tokens;

    /// <summary>Why it ended.</summary>
    public ChatFinish Finish { get; private set; }

    /// <summary>Waits for all answers of a request.</summary>
    /// <param name="answer">The request.</param>
    /// <param name="samples">How many answers it has.</param>
    /// <param name="seen">Told of each piece.</param>
    /// <param name="cancellation">Gives the request up.</param>
    public static async Task<ChatResult[]> Collect(ChatAnswer answer, int samples, Action<ChatPiece>? seen, CancellationToken cancellation)
    {
        ChatResult[] results = [.. Enumerable.Range(0, samples).Select(_ => new ChatResult())];
        await foreach (ChatPiece piece in answer.Pieces(cancellation).ConfigureAwait(false))
        {
            results[piece.Sample].Add(piece);
            seen?.Invoke(piece);
        }
        return results;
    }

    private void Add(ChatPiece piece)
    {
        foreach (AnswerDelta delta in piece.Deltas)
        {
            switch (delta.Kind)
            {
                case AnswerDeltaKind.Content:
                    _content.Append(delta.Text);
                    break;
                case AnswerDeltaKind.Reasoning:
                    _reasoning.Append(delta.Text);
                    break;
                case AnswerDeltaKind.CallBegins:
                    _calls.Add((delta.Text, new StringBuilder()));
                    break;
                case AnswerDeltaKind.CallArguments:
                    _calls[delta.Call].Arguments.Append(delta.Text);
                    break;
            }
        }
        _tokens.AddRange(piece.Tokens);
        Finish = piece.Finish ?? Finish;
    }
}
