namespace Cerise.Models.Checkpoints;

/// <summary>Writes the small files of a model's folder.</summary>
internal static class SmallFile
{
    /// <summary>Writes a file whole or not at all.</summary>
    /// <exception cref="CheckpointException">The disk is full or refuses the file; an earlier one is unchanged.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        try
        {
            FileBeside.Write(path, content);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Refused(path, error);
        }
    }

    /// <summary>The error for a file that the system refuses to write.</summary>
    public static CheckpointException Refused(string path, Exception error) =>
        new(path, $"could not be written ({error.Message}). Free some space or choose another folder.", error);
}
