namespace Cerise.Training.Evaluation;

/// <summary>An evaluation question occurs in what the model is trained on, so the evaluation would measure memory.</summary>
/// <param name="question">The question.</param>
/// <param name="file">The training file.</param>
/// <param name="line">The line, from 1.</param>
public sealed class ContaminationException(string question, string file, long line) : Exception(
    $"{file}, line {line}: holds the evaluation question \"{question}\". Take it out of the training data, or evaluate on other problems.")
{
    /// <summary>The question as the evaluation states it.</summary>
    public string Question { get; } = question;

    /// <summary>The training file.</summary>
    public string File { get; } = file;

    /// <summary>The line in it, from 1.</summary>
    public long Line { get; } = line;
}
