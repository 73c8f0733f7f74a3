using System.Globalization;
using System.Text;

namespace Cerise.Models.Checkpoints;

/// <summary>A model folder, or a file in it, cannot be used or written: says which file, what is wrong and how to fix it.</summary>
/// <remarks>The one exception that reading and writing checkpoints and their configurations throw for bad input and failing disks.</remarks>
public sealed class CheckpointException : Exception
{
    /// <summary>Describes a fault in a file.</summary>
    /// <param name="file">Path of the file or folder at fault.</param>
    /// <param name="problem">What is wrong and how to fix it, in full sentences; the message is "file: problem".</param>
    /// <param name="innerException">The cause, such as the operating system's error.</param>
    public CheckpointException(string file, string problem, Exception? innerException = null)
        : base($"{file}: {problem}", innerException) => File = file;

    /// <summary>Path of the file or folder at fault.</summary>
    public string File { get; }

    /// <summary>Name of the tensor at fault; null when the fault concerns no single tensor.</summary>
    public string? Tensor { get; init; }

    /// <summary>The JSON key at fault, with its parents (<c>rope_scaling.factor</c>); null when the fault concerns no single key.</summary>
    public string? Key { get; init; }

    /// <summary>A fault in one tensor; <paramref name="problem"/> completes the sentence "tensor 'name' ...".</summary>
    internal static CheckpointException OfTensor(string file, string tensor, string problem, Exception? inner = null)
        => new(file, $"tensor {Quote(tensor)} {problem}", inner) { Tensor = tensor };

    /// <summary>A parser's message, which may repeat a damaged word whole, cut to what fits in a message; the place it ends with is kept.</summary>
    internal static string Shorten(string reason)
    {
        const int begin = 150, end = 100;
        return reason.Length <= begin + end ? reason : $"{reason[..begin]} ... {reason[^end..]}";
    }

    /// <summary>A name from a file in single quotes, shortened and without control characters, fit for one line of a message.</summary>
    internal static string Quote(string name)
    {
        const int longest = 120;
        var text = new StringBuilder("'");
        foreach (char c in name.AsSpan(0, Math.Min(name.Length, longest)))
            _ = char.IsControl(c) || char.IsSurrogate(c) ? text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}") : text.Append(c);
        return text.Append(name.Length > longest ? "...'" : "'").ToString();
    }
}
