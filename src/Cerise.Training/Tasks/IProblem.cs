using System.Text.Json;

namespace Cerise.Training.Tasks;

/// <summary>One problem of a task, with its gold answer.</summary>
public interface IProblem
{
    /// <summary>The question in its canonical wording: two problems are the same exactly if their questions are.</summary>
    public string Question { get; }

    /// <summary>The gold answer, as the task's verifier reads it.</summary>
    public string Answer { get; }

    /// <summary>Writes the further columns of the problem's dataset row into an open JSON object.</summary>
    public void WriteColumns(Utf8JsonWriter row);
}
