using Cerise.Tensors;

namespace Cerise.Models.Generation;

/// <summary>A completion in the making.</summary>
internal sealed class RunningSequence(int request, int sample, GenerationRequest source, PromptBlocks prompt)
{
    private readonly Seed _seed = source.Seed.Fork(sample);
    private bool _entered;

    public int Request => request;

    public int Sample => sample;

    public List<int> Ids { get; } = [];

    public List<float> LogProbs { get; } = [];

    public List<int> Blocks { get; private set; } = [];

    public FinishReason? Finish { get; private set; }

    /// <summary>Position of the newest token, whose keys are not yet in the cache.</summary>
    public int Position => prompt.Length + Ids.Count - 1;

    /// <summary>How the next token is drawn.</summary>
    public SamplingRow Row(SamplingOptions options) => new()
    {
        Seed = _seed,
        Draw = Ids.Count,
        Temperature = options.Temperature,
        TopK = options.TopK,
        TopP = options.TopP,
        MinP = options.MinP,
        RepetitionPenalty = options.RepetitionPenalty,
        Penalized = options.RepetitionPenalty == 1 ? [] : [.. source.PromptIds, .. Ids],
    };

    public void Append(int id, float logProb, SamplingOptions options, int contextLength)
    {
        Ids.Add(id);
        LogProbs.Add(logProb);
        if (options.StopIds.Contains(id) || options.StopWhen?.Invoke(Ids) == true)
            Finish = FinishReason.Stop;
        else if (Ids.Count >= options.MaxNewTokens || prompt.Length + Ids.Count >= contextLength)
            Finish = FinishReason.Length;
    }

    /// <summary>Takes a place in the batch.</summary>
    public void Enter(KvCache cache)
    {
        Blocks = prompt.Split(cache);
        prompt.Done(cache);
        _entered = true;
    }

    /// <summary>Makes sure that there is a block for the newest token.</summary>
    public void MakeRoom(KvCache cache)
    {
        while (Blocks.Count < KvCache.BlocksFor(Position + 1))
            Blocks.Add(cache.Take());
    }

    /// <summary>Gives the place in the batch back.</summary>
    public void Leave(KvCache cache)
    {
        if (_entered)
            cache.Release(Blocks);
        else
            prompt.Done(cache);
    }
}
