namespace Cerise.Data;

/// <summary>Reads small files whole.</summary>
internal static class WholeFile
{
    /// <summary>All bytes of a file whose length says how many they are.</summary>
    /// <exception cref="IOException">It cannot be read, or is no file: a device has no length, and no end.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static byte[] ReadAllBytes(string path)
    {
        PlainFile.Require(path);
        using var file = new FileStream(path, new FileStreamOptions { BufferSize = 0, Options = FileOptions.SequentialScan });
        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes.Length > 0 || file.ReadByte() < 0 ? bytes : throw new IOException($"{path} is a device and no file");
    }
}
