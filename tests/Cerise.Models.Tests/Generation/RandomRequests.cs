using Cerise.Models.Generation;
using Cerise.Tensors;

namespace Cerise.Models.Tests.Generation;

/// <summary>Requests of every kind over a vocabulary of 30.</summary>
internal static class RandomRequests
{
    /// <summary>A request of up to 200 prompt tokens, some of which share their beginning.</summary>
    public static (GenerationRequest Request, SamplingOptions Options) New(Seed seed, int[] start)
    {
        int shared = seed.Below(0, 3) == 0 ? 0 : seed.Below(1, start.Length);
        int[] prompt = [.. start.Take(shared), .. TinyModels.Tokens(seed.Fork("prompt"), 1 + seed.Below(2, 60), 30)];
        SamplingOptions options = new()
        {
            MaxNewTokens = 1 + seed.Below(3, 120),
            Temperature = seed.Below(4, 4) == 0 ? 0 : 0.9f,
            TopP = seed.Below(5, 3) == 0 ? 0.8f : 1,
            RepetitionPenalty = seed.Below(6, 4) == 0 ? 1.3f : 1,
            PresencePenalty = seed.Below(7, 3) == 0 ? 0.7f : 0,
            FrequencyPenalty = seed.Below(8, 3) == 0 ? 0.2f : 0,
            LogitBias = seed.Below(9, 3) == 0 ? new Dictionary<int, float> { [3] = 2, [4] = -100 } : null,
            StopIds = seed.Below(10, 2) == 0 ? [7] : [],
            Guide = seed.Below(11, 3) == 0 ? () => new OnlyOdd() : null,
        };
        return (new GenerationRequest(prompt, 1 + (seed.Below(12, 3) / 2 * seed.Below(13, 3)), seed), options);
    }

    // Lets odd tokens come after even ones only.
    private sealed class OnlyOdd : ICompletionGuide
    {
        private bool _constrains;

        public bool Constrain(Span<ulong> allowed)
        {
            if (_constrains)
                allowed.Fill(0xAAAAAAAAAAAAAAAA);
            return _constrains;
        }

        public bool Append(int id)
        {
            _constrains = id % 2 == 0;
            return false;
        }
    }
}
