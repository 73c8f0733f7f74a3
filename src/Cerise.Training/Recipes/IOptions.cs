namespace Cerise.Training.Recipes;

/// <summary>Settings that can tell what is wrong with their values taken together.
/// The binder asks and reports the answers with file and stage.</summary>
public interface IOptions
{
    /// <summary>Every fault, each as a sentence that names the key in snake_case,
    /// its value, and what to use instead; empty when all is well.</summary>
    /// <example><c>num_generations is 1; GRPO compares completions within a group, use 2 or more</c></example>
    public IEnumerable<string> Faults();
}
