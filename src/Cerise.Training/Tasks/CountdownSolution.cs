using Cerise.Training.Verifiers;

namespace Cerise.Training.Tasks;

/// <summary>One way to combine all numbers into one.</summary>
/// <param name="Steps">The calculation: "25 + 7 = 32, 32 - 4 = 28".</param>
/// <param name="Equation">The same as one expression: "25 + 7 - 4".</param>
/// <param name="Value">What it makes.</param>
public sealed record CountdownSolution(string Steps, string Equation, Rational Value);
