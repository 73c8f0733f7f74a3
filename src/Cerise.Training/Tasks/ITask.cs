using Cerise.Tensors;

namespace Cerise.Training.Tasks;

/// <summary>A family of generated problems: everything a recipe needs to make its own corpus, prompts and evaluation from a seed.</summary>
public interface ITask
{
    /// <summary>The name in recipes.</summary>
    public string Name { get; }

    /// <summary>The verifier kind that judges answers.</summary>
    public string VerifierKind { get; }

    /// <summary>The prompt that asks a problem.</summary>
    public string Prompt(IProblem problem);

    /// <summary>Different problems, none of which is excluded; the same ones for the same seed.</summary>
    /// <param name="seed">Where the draws come from.</param>
    /// <param name="count">How many.</param>
    /// <param name="exclude">Questions that must not occur.</param>
    /// <exception cref="TaskException">The options allow too few different problems.</exception>
    public IEnumerable<IProblem> Problems(Seed seed, int count, IReadOnlySet<string>? exclude = null);

    /// <summary>Documents for a base model's corpus: solved problems in the task's mixture of styles and formats.</summary>
    /// <param name="seed">Where the draws come from.</param>
    /// <param name="count">How many.</param>
    /// <param name="exclude">Questions that must not occur.</param>
    /// <exception cref="TaskException">The options allow too few different problems.</exception>
    public IEnumerable<string> Documents(Seed seed, int count, IReadOnlySet<string>? exclude = null);
}
