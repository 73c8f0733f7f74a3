using System.Globalization;
using System.Runtime.CompilerServices;

namespace Cerise.Tensors;

/// <summary>The message of a <see cref="ShapeException"/>: checks stand before every op, some for every token, so it is written only where one fails.</summary>
[InterpolatedStringHandler]
public ref struct ShapeMessage
{
    private DefaultInterpolatedStringHandler _text;

    /// <param name="literalLength">Length of the fixed parts.</param>
    /// <param name="formattedCount">Number of the others.</param>
    /// <param name="fits">Whether the check holds.</param>
    /// <param name="wanted">Whether the message will be read.</param>
    public ShapeMessage(int literalLength, int formattedCount, bool fits, out bool wanted)
    {
        wanted = !fits;
        _text = fits ? default : new DefaultInterpolatedStringHandler(literalLength, formattedCount, CultureInfo.InvariantCulture);
    }

    /// <summary>Adds a fixed part.</summary>
    public void AppendLiteral(string value) => _text.AppendLiteral(value);

    /// <summary>Adds a value.</summary>
    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    internal string ToStringAndClear() => _text.ToStringAndClear();
}
