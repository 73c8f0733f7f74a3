using System.Globalization;

namespace Cerise.Data.Datasets;

/// <summary>A dataset cannot be used or written: says which file, line and column, what is wrong and how to fix it.</summary>
/// <remarks>The one exception that reading, checking and writing datasets throws for bad input and failing disks.</remarks>
public sealed class DatasetException : Exception
{
    /// <summary>Describes a fault; the message is <c>file:line:column: problem</c>, with what is not known left out.</summary>
    /// <param name="file">Path of the file, or <c>-</c> for standard input.</param>
    /// <param name="line">Line, from 1; 0 when the fault concerns the whole file.</param>
    /// <param name="column">Character in the line, from 1; 0 when the fault concerns the whole line.</param>
    /// <param name="problem">What is wrong and how to fix it, in full sentences.</param>
    /// <param name="innerException">The cause, such as the operating system's error.</param>
    /// <param name="number">The row's number in a file whose rows need not stand on lines of their own, from 1; 0 (default) in others.</param>
    public DatasetException(string file, long line, int column, string problem, Exception? innerException = null, long number = 0)
        : base(Place(file, line, column, number) + ": " + MessageText.Bounded(problem), innerException)
    {
        File = file;
        Line = line;
        Column = column;
        Problem = MessageText.Bounded(problem);
    }

    /// <summary>Path of the file, or <c>-</c> for standard input.</summary>
    public string File { get; }

    /// <summary>Line, from 1; 0 when the fault concerns the whole file.</summary>
    public long Line { get; }

    /// <summary>Character in the line, from 1; 0 when the fault concerns the whole line.</summary>
    public int Column { get; }

    /// <summary>What is wrong, without the place.</summary>
    public string Problem { get; }

    private static string Place(string file, long line, int column, long number)
        => (line == 0 ? file
            : column == 0 ? string.Create(CultureInfo.InvariantCulture, $"{file}:{line}")
            : string.Create(CultureInfo.InvariantCulture, $"{file}:{line}:{column}"))
            + (number > 0 ? string.Create(CultureInfo.InvariantCulture, $" (row {number})") : "");
}
