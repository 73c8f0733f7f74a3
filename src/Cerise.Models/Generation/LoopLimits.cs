namespace Cerise.Models.Generation;

/// <summary>How much is done at once. No completion depends on it.</summary>
/// <param name="Places">Most sequences of a step.</param>
/// <param name="PrefillTokens">Most tokens of prompts in one pass; longer prompts take several, with steps between them.</param>
/// <param name="PromptsAtOnce">Most prompts in one pass.</param>
/// <param name="OnlyForFreePlaces">Whether a pass ends once it has sequences for all free places; else prompts are computed ahead, for the products' sake.</param>
internal readonly record struct LoopLimits(int Places, int PrefillTokens, int PromptsAtOnce, bool OnlyForFreePlaces);
