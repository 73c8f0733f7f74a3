using Cerise.Data;
using Cerise.Models.Generation;

namespace Cerise.Cli;

/// <summary>Prints completions in the order of prompts and samples, each as soon as those before it are done.</summary>
/// <param name="tokenizer">Ids to text; null where there is none, and texts are empty.</param>
/// <param name="output">Where to.</param>
/// <param name="json">Whether one JSON object a completion is printed.</param>
internal sealed class CompletionOutput(ITokenizer? tokenizer, TextWriter output, bool json)
{
    private readonly Dictionary<(int Request, int Sample), Completion> _waiting = [];
    private IReadOnlyList<GenerationRequest> _requests = [];
    private (int Request, int Sample) _next;
    private int _before;

    /// <summary>Whether plain text names prompt and sample before each completion.</summary>
    public bool ShowsPlaces { get; set; }

    /// <summary>Begins with more prompts; those of before are done.</summary>
    public void Begin(IReadOnlyList<GenerationRequest> requests)
    {
        _before += _requests.Count;
        _requests = requests;
        _next = (0, 0);
    }

    /// <summary>Takes a completion, in any order.</summary>
    public void Add(int request, int sample, Completion completion)
    {
        _waiting[(request, sample)] = completion;
        while (_waiting.Remove(_next, out Completion? ready))
        {
            Print(_requests[_next.Request], ready);
            _next = _next.Sample + 1 < _requests[_next.Request].Samples ? (_next.Request, _next.Sample + 1) : (_next.Request + 1, 0);
        }
    }

    private void Print(GenerationRequest request, Completion completion)
    {
        string text = tokenizer?.Decode([.. completion.Ids], skipSpecialTokens: true) ?? "";
        string reason = completion.FinishReason == FinishReason.Stop ? "stop" : "length";
        if (json)
        {
            new JsonLine()
                .Add("prompt_ids", request.PromptIds)
                .Add("ids", completion.Ids)
                .Add("text", text)
                .Add("logprobs", completion.LogProbs)
                .Add("finish_reason", reason)
                .WriteTo(output);
            return;
        }
        if (ShowsPlaces)
            output.WriteLine($"--- prompt {_before + _next.Request + 1}, sample {_next.Sample + 1} ({reason})");
        output.WriteLine(text);
        output.Flush();
    }
}
