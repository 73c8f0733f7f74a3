using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Unicode;

namespace Cerise.Models.Checkpoints;

/// <summary>Reads and checks the header of one safetensors file: 8 bytes of length, then JSON, then the tensors end to end.</summary>
/// <remarks>
/// Nothing is believed before it is checked, and no more is allocated than the file itself takes. The rules are those of the format's reference
/// implementation: a header of at most 100 MB that starts with '{', no name twice (and no more than can be read in about a second), ranges inside the file without overlap or hole, and as long as
/// type and shape ask for.
/// </remarks>
internal static class SafetensorsHeader
{
    public const int MaxBytes = 100_000_000;
    public const string MetadataKey = "__metadata__";

    /// <summary>Tensors, or metadata, of one file; published ones hold some thousands at most.</summary>
    public const int MaxNames = 250_000;

    private const int LengthBytes = 8;
    private const int MaxRank = 32;
    private const string Damaged = "The file is damaged or cut short; fetch or save it again.";

    public sealed record Content(List<SafetensorsEntry> Entries, Dictionary<string, string> Metadata);

    /// <summary>Reads the header of an open file.</summary>
    /// <exception cref="CheckpointException">The header or a tensor's place is not valid.</exception>
    public static Content Read(RandomAccessFile file)
    {
        if (file.Length < LengthBytes)
            throw Fault(file, $"has {file.Length} bytes, too few for a safetensors file. {Damaged}");
        Span<byte> prefix = stackalloc byte[LengthBytes];
        file.ReadExactly(prefix, 0);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > MaxBytes)
            throw Fault(file, $"asks for a header of {length} bytes; at most {MaxBytes} are allowed. This is no safetensors file, or it is damaged.");
        if ((long)length > file.Length - LengthBytes)
            throw Fault(file, $"asks for a header of {length} bytes, but only {file.Length - LengthBytes} follow. {Damaged}");

        byte[] json = new byte[length];
        file.ReadExactly(json, LengthBytes);
        if (json.Length == 0 || json[0] != (byte)'{')
            throw Fault(file, "has a header that does not start with '{'. This is no safetensors file, or it is damaged.");
        if (!Utf8.IsValid(json))
            throw Fault(file, $"has a header that is not UTF-8. {Damaged}");

        Content content;
        try
        {
            content = Parse(file, json, dataStart: LengthBytes + (long)length);
        }
        catch (JsonException error)
        {
            throw Fault(file, $"has a header that is not valid JSON ({CheckpointException.Shorten(error.Message)}) {Damaged}", inner: error);
        }
        CheckPlaces(file, content.Entries, LengthBytes + (long)length);
        return content;
    }

    private static Content Parse(RandomAccessFile file, byte[] json, long dataStart)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 8 });
        var entries = new List<SafetensorsEntry>();
        var metadata = new Dictionary<string, string>();
        var names = new HashSet<string>();
        reader.Read();                                                     // the '{' seen before
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = Text(file, ref reader, null);
            RequireFew(file, names.Count, "tensors");
            if (!names.Add(name))
                throw Fault(file, $"names {CheckpointException.Quote(name)} twice in its header. Save the checkpoint again.", name);
            reader.Read();
            if (name == MetadataKey)
                ReadMetadata(file, ref reader, metadata);
            else
                entries.Add(ReadEntry(file, ref reader, name, dataStart));
        }
        while (reader.Read()) { }                                          // only white space may follow; anything else is a JsonException
        return new Content(entries, metadata);
    }

    private static void ReadMetadata(RandomAccessFile file, ref Utf8JsonReader reader, Dictionary<string, string> metadata)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw Fault(file, $"has a {MetadataKey} that is not an object of strings. Save the checkpoint again.");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = Text(file, ref reader, null);
            RequireFew(file, metadata.Count, $"entries in {MetadataKey}");
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
                throw Fault(file, $"has {MetadataKey} {CheckpointException.Quote(key)} that is not a string. Save the checkpoint again.");
            if (!metadata.TryAdd(key, Text(file, ref reader, null)))
                throw Fault(file, $"names {MetadataKey} {CheckpointException.Quote(key)} twice. Save the checkpoint again.");
        }
    }

    private static void RequireFew(RandomAccessFile file, int count, string what)
    {
        if (count == MaxNames)
            throw Fault(file, $"has more than {MaxNames} {what}. Split it into several files.");
    }

    private static SafetensorsEntry ReadEntry(RandomAccessFile file, ref Utf8JsonReader reader, string name, long dataStart)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw TensorFault(file, name, "is not described by an object");
        SafetensorsDType? dtype = null;
        long[]? shape = null, offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = Text(file, ref reader, name);
            reader.Read();
            bool repeated = false;
            switch (key)
            {
                case "dtype":
                    repeated = dtype is not null;
                    dtype = ReadDType(file, ref reader, name);
                    break;
                case "shape":
                    repeated = shape is not null;
                    shape = ReadNumbers(file, ref reader, name, key, MaxRank);
                    break;
                case "data_offsets":
                    repeated = offsets is not null;
                    offsets = ReadNumbers(file, ref reader, name, key, 2);
                    break;
                default:
                    reader.Skip();
                    break;
            }
            if (repeated)
                throw TensorFault(file, name, $"has '{key}' twice");
        }
        if (dtype is null || shape is null || offsets is not [long begin, long end])
            throw TensorFault(file, name, "lacks one of 'dtype', 'shape' and 'data_offsets' (begin and end)");

        // Both numbers are below the file's length before anything is computed from them.
        long available = file.Length - dataStart;
        if (begin > end || end > available)
            throw TensorFault(file, name, $"lies at bytes {begin} to {end} of {available}");
        if (!TryCount(shape, out long count) || count > long.MaxValue / dtype.Value.Size() || count * dtype.Value.Size() != end - begin)
            throw TensorFault(file, name, $"takes {end - begin} bytes, but {dtype.Value.Name()} {ShapeText.Of(shape)} asks for another number");
        return new SafetensorsEntry(name, dtype.Value, shape, count, dataStart + begin, file.Path);
    }

    private static SafetensorsDType ReadDType(RandomAccessFile file, ref Utf8JsonReader reader, string name)
    {
        string? text = reader.TokenType == JsonTokenType.String ? Text(file, ref reader, name) : null;
        if (text is null || !SafetensorsDTypes.TryParse(text, out SafetensorsDType dtype))
            throw CheckpointException.OfTensor(file.Path, name, $"has the dtype {CheckpointException.Quote(text ?? "?")}; known are " +
                $"{SafetensorsDTypes.KnownNames}. Convert the checkpoint to BF16, F16 or F32.");
        return dtype;
    }

    private static long[] ReadNumbers(RandomAccessFile file, ref Utf8JsonReader reader, string name, string key, int most)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw TensorFault(file, name, $"has a '{key}' that is not an array");
        Span<long> numbers = stackalloc long[MaxRank];
        int count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (count == most)
                throw TensorFault(file, name, $"has more than {most} numbers in '{key}'");
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long number) || number < 0)
                throw TensorFault(file, name, $"has a '{key}' with something else than whole numbers from 0");
            numbers[count++] = number;
        }
        return numbers[..count].ToArray();
    }

    /// <summary>The product of the sizes; false when it does not fit.</summary>
    public static bool TryCount(IReadOnlyList<long> shape, out long count)
    {
        count = 1;
        bool empty = shape.Contains(0);
        foreach (long size in shape)
        {
            if (!empty && size > long.MaxValue / count)
                return false;
            count = empty ? 0 : count * size;
        }
        return true;
    }

    private static void CheckPlaces(RandomAccessFile file, List<SafetensorsEntry> entries, long dataStart)
    {
        entries.Sort((a, b) => (a.Offset, a.ByteLength).CompareTo((b.Offset, b.ByteLength)));
        long end = dataStart;
        foreach (SafetensorsEntry entry in entries)
        {
            if (entry.Offset < end)
                throw TensorFault(file, entry.Name, "overlaps the tensor before it");
            if (entry.Offset > end)
                throw TensorFault(file, entry.Name, $"leaves a hole of {entry.Offset - end} bytes before it");
            end = entry.Offset + entry.ByteLength;
        }
        if (end != file.Length)
            throw Fault(file, $"has {file.Length - end} bytes after its last tensor. {Damaged}");
    }

    private static string Text(RandomAccessFile file, ref Utf8JsonReader reader, string? tensor)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException error)                            // half a surrogate pair, written as an escape
        {
            throw Fault(file, $"has a name in its header that is not valid text. {Damaged}", tensor, error);
        }
    }

    private static CheckpointException TensorFault(RandomAccessFile file, string tensor, string problem)
        => CheckpointException.OfTensor(file.Path, tensor, $"{problem}. {Damaged}");

    private static CheckpointException Fault(RandomAccessFile file, string problem, string? tensor = null, Exception? inner = null)
        => new(file.Path, problem, inner) { Tensor = tensor };
}
