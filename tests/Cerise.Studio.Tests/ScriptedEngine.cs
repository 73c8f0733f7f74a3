using System.Runtime.CompilerServices;
using System.Text;
using Cerise.Data.Inference;

namespace Cerise.Studio.Tests;

/// <summary>An engine whose answers are written beforehand: a token a character, with stop strings and limits kept to.</summary>
internal sealed class ScriptedEngine(Func<EngineRequest, int, string> answer) : ITextEngine
{
    private readonly ByteTokenizer _tokenizer = new();
    private int _running;

    public ScriptedEngine(string answer)
        : this((_, _) => answer)
    {
    }

    public string ModelName { get; init; } = "scripted";

    public int ContextLength { get; init; } = 4096;

    public EngineStatistics Statistics => new() { Running = Running };

    /// <summary>Requests seen, in order.</summary>
    public List<EngineRequest> Requests { get; } = [];

    /// <summary>Waited for before each token but the first; null for not at all.</summary>
    public Func<CancellationToken, Task>? Gate { get; init; }

    /// <summary>Whether all tokens are there at once.</summary>
    public bool IsReady { get; init; }

    /// <summary>Thrown instead of an answer.</summary>
    public EngineException? Fault { get; init; }

    /// <summary>After how many tokens <see cref="Fault"/> is thrown.</summary>
    public int FaultAfter { get; init; }

    /// <summary>Requests that have begun and not ended.</summary>
    public int Running => Volatile.Read(ref _running);

    public int[] Tokenize(string text, bool beginsText = false) => _tokenizer.Encode(text, beginsText);

    public string PromptOf(int request) => _tokenizer.Decode([.. Requests[request].PromptIds!]);

    public async IAsyncEnumerable<EngineToken> Generate(EngineRequest request, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        lock (Requests)
            Requests.Add(request);
        if (request.PromptIds!.Count >= ContextLength)
            throw new EngineException(EngineFault.PromptTooLong, $"the prompt has {request.PromptIds.Count} tokens, the context is {ContextLength}");
        Interlocked.Increment(ref _running);
        try
        {
            int given = 0;
            List<EngineToken>[] samples = [.. Enumerable.Range(0, request.Samples).Select(sample => Tokens(request, sample))];
            for (int index = 0; samples.Any(sample => index < sample.Count); index++)
            {
                foreach (List<EngineToken> sample in samples.Where(sample => index < sample.Count))
                {
                    if (Fault is not null && given == FaultAfter)
                        throw Fault;
                    if (given++ > 0 && Gate is not null)
                        await Gate(cancellation);
                    else if (!IsReady)
                        await Task.Yield();
                    cancellation.ThrowIfCancellationRequested();
                    yield return sample[index];
                }
            }
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    public Task StopAsync(CancellationToken abort = default) => Task.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private List<EngineToken> Tokens(EngineRequest request, int sample)
    {
        string text = answer(request, sample);
        int room = Math.Min(request.Sampling.MaxNewTokens ?? int.MaxValue, ContextLength - request.PromptIds!.Count);
        (int Start, string Stop)? stop = null;
        foreach (string candidate in request.Sampling.StopStrings)
            if (text.IndexOf(candidate, StringComparison.Ordinal) is var at and >= 0 && (stop is null || at < stop.Value.Start))
                stop = (at, candidate);
        int length = stop is { } found ? found.Start + found.Stop.Length : text.Length;
        List<EngineToken> tokens = [];
        Rune[] runes = [.. text[..length].EnumerateRunes()];
        int start = 0;
        for (int i = 0; i < Math.Min(runes.Length, room); i++)
        {
            bool last = stop is not null && i == runes.Length - 1;
            string piece = runes[i].ToString();
            tokens.Add(new EngineToken
            {
                Sample = sample,
                Index = i,
                Id = runes[i].Value % 256,
                Text = stop is null || start < stop.Value.Start ? piece : "",
                Bytes = Encoding.UTF8.GetBytes(piece),
                LogProb = -7,
                ModelLogProb = request.Sampling.TopLogProbs is null ? null : -0.5f,
                TopLogProbs = [.. Enumerable.Range(0, request.Sampling.TopLogProbs ?? 0).Select(rank => new TokenLogProb(65 + rank, $"{(char)(65 + rank)}", new[] { (byte)(65 + rank) }, -0.5f - rank))],
                FinishReason = last ? EngineFinish.Stop : i == room - 1 ? EngineFinish.Length : null,
                StopString = last ? stop!.Value.Stop : null,
            });
            start += piece.Length;
        }
        if (stop is null && runes.Length < room)
            tokens.Add(new EngineToken { Sample = sample, Index = runes.Length, Id = ByteTokenizer.End, IsEnd = true, FinishReason = EngineFinish.Stop });
        return tokens;
    }
}
