namespace Cerise.Training.Tasks;

/// <summary>A task cannot be made, written or read as asked; the message says what, where and how to fix it.</summary>
public sealed class TaskException : Exception
{
    /// <summary>What happened, where, and how to fix it.</summary>
    public TaskException(string message) : base(message)
    {
    }

    /// <summary>What happened, where, and how to fix it, with the cause.</summary>
    public TaskException(string message, Exception cause) : base(message, cause)
    {
    }

    internal static void ThrowIfAny(string what, IEnumerable<string> faults)
    {
        string[] all = [.. faults];
        if (all.Length > 0)
            throw new TaskException($"{what}: {string.Join(". ", all)}.");
    }
}
