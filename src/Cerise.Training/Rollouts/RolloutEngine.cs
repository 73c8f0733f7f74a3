using System.Runtime.InteropServices;
using Cerise.Data;
using Cerise.Models;
using Cerise.Models.Generation;
using Cerise.Tensors;

namespace Cerise.Training.Rollouts;

/// <summary>Samples groups of completions from the policy: the same weights and kernels that are trained.</summary>
/// <remarks>Keeps the memory of cache and activations from call to call, until it is disposed.</remarks>
/// <param name="policy">Sampled from as it is at each call.</param>
/// <param name="tokenizer">The policy's.</param>
/// <param name="options">How to sample.</param>
/// <param name="time">Told the time for <see cref="Statistics"/>; by default the system's clock.</param>
public sealed class RolloutEngine(CausalModel policy, ITokenizer tokenizer, SamplingOptions options, TimeProvider? time = null) : IDisposable
{
    private readonly Generator _generator = new(policy) { Time = time ?? TimeProvider.System };

    /// <summary>How full the batch was in the last call of <see cref="Sample"/>, and how fast.</summary>
    public GenerationStatistics Statistics => _generator.Statistics;

    /// <summary>Samples completions of each prompt.</summary>
    /// <param name="prompts">Prompts.</param>
    /// <param name="firstGroup">Group number of the first prompt.</param>
    /// <param name="samples">Completions of each.</param>
    /// <param name="seed">Prompt i draws from <c>seed.Fork(firstGroup + i)</c>.</param>
    /// <param name="cancellation">Stops between two tokens.</param>
    /// <returns>Rollouts, those of a prompt side by side.</returns>
    /// <exception cref="TrainingException">The policy's logits are not numbers.</exception>
    public IReadOnlyList<Rollout> Sample(IReadOnlyList<Prompt> prompts, int firstGroup, int samples, Seed seed, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        GenerationRequest[] requests = [.. prompts.Select((prompt, i) => new GenerationRequest(prompt.Ids, samples, seed.Fork(firstGroup + i)))];
        IReadOnlyList<IReadOnlyList<Completion>> completions = Complete(requests, cancellation);
        List<Rollout> rollouts = [];
        for (int i = 0; i < prompts.Count; i++)
            foreach (Completion completion in completions[i])
                rollouts.Add(new Rollout(prompts[i], firstGroup + i, completion, Text(completion)));
        return rollouts;
    }

    /// <inheritdoc/>
    public void Dispose() => _generator.Dispose();

    private IReadOnlyList<IReadOnlyList<Completion>> Complete(GenerationRequest[] requests, CancellationToken cancellation)
    {
        try
        {
            return _generator.Generate(requests, options, cancellation: cancellation);
        }
        catch (ArithmeticException error)
        {
            throw new TrainingException($"{error.Message}. Go back to an earlier checkpoint with a lower learning_rate, or look at the weights with inspect", error);
        }
    }

    private string Text(Completion completion) => tokenizer.Decode(CollectionsMarshal.AsSpan(completion.Ids.ToList()), skipSpecialTokens: true);
}
