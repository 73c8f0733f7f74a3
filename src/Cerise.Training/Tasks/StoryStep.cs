namespace Cerise.Training.Tasks;

/// <summary>One thing that happens in a story.</summary>
/// <param name="Text">The sentence.</param>
/// <param name="Change">What it adds to the count; negative for a loss, never 0.</param>
public readonly record struct StoryStep(string Text, int Change);
