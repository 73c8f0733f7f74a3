using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Cerise.Data.Datasets;

/// <summary>Writes JSON as compact text in which only what must be escaped is escaped.</summary>
/// <remarks>The framework's writers escape emoji and many spaces even at their most relaxed; datasets are read by people.</remarks>
internal static class JsonText
{
    /// <summary>What JSON does not allow inside a string. A row is valid text, so no half surrogate pair can occur.</summary>
    private static readonly SearchValues<byte> Escaped
        = SearchValues.Create([(byte)'"', (byte)'\\', .. Enumerable.Range(0, 32).Select(code => (byte)code)]);

    public static void Write(IBufferWriter<byte> output, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(output, value.EnumerateObject().Select(property => (property.Name, property.Value)));
                break;
            case JsonValueKind.Array:
                output.Write("["u8);
                bool first = true;
                foreach (JsonElement item in value.EnumerateArray())
                {
                    if (!first)
                        output.Write(","u8);
                    first = false;
                    Write(output, item);
                }
                output.Write("]"u8);
                break;
            case JsonValueKind.String:
                WriteString(output, value.GetString()!);
                break;
            default:                                                       // numbers keep their digits
                output.Write(Encoding.UTF8.GetBytes(value.GetRawText()));
                break;
        }
    }

    public static void WriteObject(IBufferWriter<byte> output, IEnumerable<(string Name, JsonElement Value)> properties)
    {
        output.Write("{"u8);
        bool first = true;
        foreach ((string name, JsonElement value) in properties)
        {
            if (!first)
                output.Write(","u8);
            first = false;
            WriteString(output, name);
            output.Write(":"u8);
            Write(output, value);
        }
        output.Write("}"u8);
    }

    private static void WriteString(IBufferWriter<byte> output, string text)
    {
        ReadOnlySpan<byte> rest = Encoding.UTF8.GetBytes(text);
        output.Write("\""u8);
        for (int at; (at = rest.IndexOfAny(Escaped)) >= 0; rest = rest[(at + 1)..])
        {
            output.Write(rest[..at]);
            WriteEscape(output, rest[at]);
        }
        output.Write(rest);
        output.Write("\""u8);
    }

    private static void WriteEscape(IBufferWriter<byte> output, byte code)
    {
        ReadOnlySpan<byte> hex = "0123456789abcdef"u8;
        switch (code)
        {
            case (byte)'\n':
                output.Write("\\n"u8);
                break;
            case (byte)'\r':
                output.Write("\\r"u8);
                break;
            case (byte)'\t':
                output.Write("\\t"u8);
                break;
            case (byte)'"' or (byte)'\\':
                output.Write([(byte)'\\', code]);
                break;
            default:
                output.Write([.. "\\u00"u8, hex[code >> 4], hex[code & 15]]);
                break;
        }
    }
}
