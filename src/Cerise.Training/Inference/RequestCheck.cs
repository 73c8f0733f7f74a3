using Cerise.Data.Inference;

namespace Cerise.Training.Inference;

/// <summary>What a request may ask for.</summary>
internal static class RequestCheck
{
    private const int MostStops = 64;
    private const int LongestStop = 1024;
    private const int MostLikeliest = 20;

    /// <summary>Refuses settings out of range, naming the first.</summary>
    /// <param name="request">The request.</param>
    /// <param name="vocab">Tokens of the vocabulary.</param>
    /// <exception cref="EngineException">One is.</exception>
    public static void Require(EngineRequest request, int vocab)
    {
        SamplingSettings sampling = request.Sampling;
        Require((request.Prompt is null) != (request.PromptIds is null), "prompt", "given twice or not at all; give either a text or ids");
        Require(sampling.Temperature is 0 or (>= 0.0001f and <= float.MaxValue), "temperature", $"{sampling.Temperature}; use 0 (greedy) or a number from 0.0001 on");
        Require(sampling.TopP is > 0 and <= 1, "top_p", $"{sampling.TopP}; use a number in (0, 1]");
        Require(sampling.TopK >= 0, "top_k", $"{sampling.TopK}; use 0 (all) or more");
        Require(sampling.MinP is >= 0 and <= 1, "min_p", $"{sampling.MinP}; use a number in [0, 1]");
        Require(sampling.MaxNewTokens is null or >= 1, "max_tokens", $"{sampling.MaxNewTokens}; use 1 or more");
        Require(sampling.PresencePenalty is >= -2 and <= 2, "presence_penalty", $"{sampling.PresencePenalty}; use a number in [-2, 2]");
        Require(sampling.FrequencyPenalty is >= -2 and <= 2, "frequency_penalty", $"{sampling.FrequencyPenalty}; use a number in [-2, 2]");
        Require(sampling.RepetitionPenalty is > 0 and <= float.MaxValue, "repetition_penalty", $"{sampling.RepetitionPenalty}; use a number above 0, 1 for none");
        Require(sampling.TopLogProbs is null or (>= 0 and <= MostLikeliest), "top_logprobs", $"{sampling.TopLogProbs}; use 0 to {MostLikeliest}");
        foreach ((int id, float bias) in sampling.LogitBias ?? new Dictionary<int, float>())
        {
            Require((uint)id < (uint)vocab, "logit_bias", $"for token {id}; ids go from 0 to {vocab - 1}");
            Require(bias is >= -100 and <= 100, "logit_bias", $"{bias} for token {id}; use numbers in [-100, 100]");
        }
        Require(sampling.StopStrings.Count <= MostStops, "stop", $"{sampling.StopStrings.Count} texts; use {MostStops} at most");
        Require(!sampling.StopStrings.Any(string.IsNullOrEmpty), "stop", "an empty text, which would end every completion at its first token; give a text");
        Require(sampling.StopStrings.All(text => text.Length <= LongestStop), "stop", $"longer than {LongestStop} characters; give a shorter text");
    }

    private static void Require(bool holds, string setting, string what)
    {
        if (!holds)
            throw new EngineException(EngineFault.InvalidSetting, FormattableString.Invariant($"{setting} is {what}"), setting);
    }
}
