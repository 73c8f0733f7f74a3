using Cerise.Data;
using Cerise.Data.Datasets;
using Cerise.Models.Adapters;
using Cerise.Models.Checkpoints;
using Cerise.Models.Generation;
using Cerise.Tensors;
using Cerise.Training;
using Cerise.Training.Evaluation;
using Cerise.Training.Recipes;
using Cerise.Training.Rewards;
using Cerise.Training.Runs;
using Cerise.Training.Tasks;
using Cerise.Training.Verifiers;

namespace Cerise.Cli;

/// <summary>Turns what a verb threw into a message and an exit code.</summary>
internal static class Failure
{
    /// <summary>The environment variable that shows stack traces when it is 1.</summary>
    public const string DebugVariable = "CERISE_DEBUG";

    /// <summary>Reports an exception.</summary>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static int Report(Exception error, TextWriter output)
    {
        if (error is OutputClosedException)
            return ExitCodes.Done;
        if (IsCancellation(error))
            return ExitCodes.Interrupted;
        output.WriteLine(TerminalText.Safe($"cerise: {Describe(error)}"));
        if (Environment.GetEnvironmentVariable(DebugVariable) == "1")
            output.WriteLine(error);
        return error is MisuseException ? ExitCodes.Misuse : ExitCodes.Failed;
    }

    private static bool IsCancellation(Exception error) =>
        error is OperationCanceledException || (error is AggregateException aggregate && aggregate.InnerExceptions.All(IsCancellation));

    private static string Describe(Exception error) => error switch
    {
        MisuseException or CommandException or CheckpointException or AdapterException or GenerationException or TokenizerException or ChatTemplateException or DatasetException or RecipeException or RunException
            or TrainingException or VerifierException or RewardException or TaskException or ContaminationException or ShapeException
            => error.Message,
        OutOfMemoryException => "not enough memory. Use a smaller batch, fewer or shorter sequences, or a smaller model.",
        IOException or UnauthorizedAccessException => $"{error.Message.TrimEnd('.')}. Check the path, its permissions and the space on the disk.",
        _ => $"internal error: {error.GetType().Name}: {error.Message} This is a fault of Cerise, not of the input; " +
            $"{DebugVariable}=1 shows where it happened.",
    };
}
