using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Cerise.Models.Checkpoints;

/// <summary>Writes safetensors files, whole or split over shards: equal tensors give equal bytes, and nothing is ever left half written.</summary>
/// <remarks>
/// Files are written beside their final place, flushed to the disk and renamed. What a disk or a source of values refuses is one error, after
/// which the folder is as it was before.
/// </remarks>
public static partial class SafetensorsWriter
{
    private const int PieceElements = 65_536;

    // Names stay readable and match those of other writers byte for byte; the output is never part of a web page.
    private static readonly JsonWriterOptions HeaderOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions IndexOptions
        = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true, NewLine = "\n" };

    /// <summary>Writes one file.</summary>
    /// <param name="path">Where to; an existing file is replaced when the new one is complete.</param>
    /// <param name="tensors">What to write.</param>
    /// <param name="options">Defaults when null.</param>
    /// <exception cref="CheckpointException">The disk is full or refuses the file.</exception>
    /// <exception cref="ArgumentException">A name given twice, a type floats are not written in, or a shape that does not fit.</exception>
    public static void Write(string path, IReadOnlyList<TensorToWrite> tensors, SafetensorsWriteOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new SafetensorsWriteOptions();
        WriteFiles([new FilePlan(path, Ordered(tensors, options))], options);
    }

    /// <summary>
    /// Writes a model's weights in Hugging Face's layout: <c>model.safetensors</c>, or, beyond <see cref="SafetensorsWriteOptions.MaxShardBytes"/>,
    /// <c>model-00001-of-0000N.safetensors</c> and <c>model.safetensors.index.json</c>, the index last.
    /// </summary>
    /// <remarks>Weights of an earlier save in the folder that are not part of this one are removed once the new ones are in place.</remarks>
    /// <param name="folder">The model's folder; made when missing.</param>
    /// <param name="tensors">What to write.</param>
    /// <param name="options">Defaults when null.</param>
    /// <returns>Names of the files written.</returns>
    /// <exception cref="CheckpointException">The disk is full or refuses a file.</exception>
    /// <exception cref="ArgumentException">A name given twice, a type floats are not written in, or a shape that does not fit.</exception>
    public static IReadOnlyList<string> WriteModel(string folder, IReadOnlyList<TensorToWrite> tensors, SafetensorsWriteOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        options ??= new SafetensorsWriteOptions();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxShardBytes, nameof(options));
        List<List<TensorToWrite>> shards = Split(Ordered(tensors, options), options.MaxShardBytes);
        string[] names = shards.Count == 1
            ? [SafetensorsReader.SingleFileName]
            : [.. shards.Select((_, i) => string.Create(CultureInfo.InvariantCulture, $"model-{i + 1:D5}-of-{shards.Count:D5}.safetensors"))];
        FilePlan[] files = [.. shards.Zip(names, (shard, name) => new FilePlan(Path.Combine(folder, name), shard))];
        byte[]? index = shards.Count == 1 ? null : Index(files);
        WriteFiles(files, options, index is null ? null : (Path.Combine(folder, SafetensorsReader.IndexFileName), index));
        string[] written = index is null ? names : [.. names, SafetensorsReader.IndexFileName];
        RemoveOthers(folder, written);
        return written;
    }

    private static void WriteFiles(FilePlan[] files, SafetensorsWriteOptions options, (string Path, byte[] Content)? last = null)
    {
        // Everything is complete on the disk before the first file moves to its place.
        var open = new List<FileBeside>();
        string current = files[0].Path;
        try
        {
            foreach (FilePlan plan in files)
            {
                current = plan.Path;
                byte[] header = Header(plan.Tensors, options.Metadata);
                var file = new FileBeside(plan.Path, header.Length + plan.Tensors.Sum(ByteLength));
                open.Add(file);
                file.Stream.Write(header);
                foreach (TensorToWrite tensor in plan.Tensors)
                    WriteValues(file.Stream, tensor);
                file.Complete();
            }
            if (last is (string path, byte[] content))
            {
                current = path;
                var file = new FileBeside(path, content.Length);
                open.Add(file);
                file.Stream.Write(content);
                file.Complete();
            }
            // A list of shards must never stand beside shards of another save: better none, which a reader refuses.
            if (last is not null)
                File.Delete(last.Value.Path);
            foreach (FileBeside file in open)
                file.Publish();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw SmallFile.Refused(current, error);
        }
        finally
        {
            foreach (FileBeside file in open)
                Discard(file);
        }
    }

    /// <summary>Closes a file; what a full disk refuses while the rest of a buffer is given up was reported before.</summary>
    private static void Discard(FileBeside file)
    {
        try
        {
            file.Dispose();
        }
        catch (IOException)
        {
        }
    }

    private static void WriteValues(Stream stream, TensorToWrite tensor)
    {
        int size = tensor.DType.Size();
        float[] values = ArrayPool<float>.Shared.Rent(PieceElements);
        byte[] bytes = ArrayPool<byte>.Shared.Rent(PieceElements * size);
        long count = ElementCount(tensor);
        for (long first = 0; first < count; first += PieceElements)
        {
            Span<float> piece = values.AsSpan(0, (int)Math.Min(PieceElements, count - first));
            tensor.Values(first, piece);
            Span<byte> stored = bytes.AsSpan(0, piece.Length * size);
            FloatConversion.FromFloat(tensor.DType, piece, stored);
            stream.Write(stored);
        }
        ArrayPool<float>.Shared.Return(values);
        ArrayPool<byte>.Shared.Return(bytes);
    }

    private static List<TensorToWrite> Ordered(IReadOnlyList<TensorToWrite> tensors, SafetensorsWriteOptions options)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        var names = new HashSet<string>();
        foreach (TensorToWrite tensor in tensors)
        {
            if (tensor.DType is not (SafetensorsDType.F32 or SafetensorsDType.BF16 or SafetensorsDType.F16))
                throw new ArgumentException($"'{tensor.Name}' cannot be written as {tensor.DType.Name()}; use F32, BF16 or F16", nameof(tensors));
            if (tensor.Name == SafetensorsHeader.MetadataKey || !names.Add(tensor.Name))
                throw new ArgumentException($"'{tensor.Name}' is a name given twice, or the format's own", nameof(tensors));
            _ = ElementCount(tensor);
        }
        if (options.Order == TensorOrder.AsGiven)
            return [.. tensors];
        IOrderedEnumerable<TensorToWrite> byType = tensors.OrderByDescending(tensor => tensor.DType.Size()).ThenBy(tensor => tensor.DType);
        return [.. byType.ThenBy(tensor => tensor.Name, StringComparer.Ordinal)];
    }

    private static List<List<TensorToWrite>> Split(List<TensorToWrite> tensors, long maxBytes)
    {
        var shards = new List<List<TensorToWrite>> { new() };
        long bytes = 0;
        foreach (TensorToWrite tensor in tensors)
        {
            if (shards[^1].Count > 0 && bytes + ByteLength(tensor) > maxBytes)
            {
                shards.Add([]);
                bytes = 0;
            }
            shards[^1].Add(tensor);
            bytes += ByteLength(tensor);
        }
        return shards;
    }

    private static byte[] Header(List<TensorToWrite> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, HeaderOptions))
        {
            json.WriteStartObject();
            if (metadata.Count > 0)
            {
                json.WriteStartObject(SafetensorsHeader.MetadataKey);
                foreach ((string key, string value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                    json.WriteString(key, value);
                json.WriteEndObject();
            }
            long offset = 0;
            foreach (TensorToWrite tensor in tensors)
            {
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", tensor.DType.Name());
                json.WriteStartArray("shape");
                foreach (long size in tensor.Shape)
                    json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += ByteLength(tensor));
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        if (buffer.WrittenCount > SafetensorsHeader.MaxBytes)
            throw new ArgumentException(
                $"the header takes {buffer.WrittenCount} bytes; the format allows {SafetensorsHeader.MaxBytes}", nameof(tensors));

        // Spaces after the JSON put the first element on a multiple of 8 bytes.
        int padded = (buffer.WrittenCount + 7) / 8 * 8;
        byte[] header = new byte[sizeof(ulong) + padded];
        BinaryPrimitives.WriteUInt64LittleEndian(header, (ulong)padded);
        buffer.WrittenSpan.CopyTo(header.AsSpan(sizeof(ulong)));
        header.AsSpan(sizeof(ulong) + buffer.WrittenCount).Fill((byte)' ');
        return header;
    }

    private static byte[] Index(FilePlan[] files)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, IndexOptions))
        {
            json.WriteStartObject();
            json.WriteStartObject("metadata");
            json.WriteNumber("total_size", files.Sum(file => file.Tensors.Sum(ByteLength)));
            json.WriteEndObject();
            json.WriteStartObject("weight_map");
            IEnumerable<(string Name, string Path)> places = files.SelectMany(file => file.Tensors.Select(tensor => (tensor.Name, file.Path)));
            foreach ((string name, string path) in places.OrderBy(place => place.Name, StringComparer.Ordinal))
                json.WriteString(name, Path.GetFileName(path));
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return [.. buffer.WrittenSpan, (byte)'\n'];
    }

    private static void RemoveOthers(string folder, string[] written)
    {
        foreach (string path in Directory.EnumerateFiles(folder, "model*"))
        {
            string name = Path.GetFileName(path);
            if ((name is SafetensorsReader.SingleFileName or SafetensorsReader.IndexFileName || ShardName().IsMatch(name)) && !written.Contains(name))
                File.Delete(path);
        }
    }

    private static long ElementCount(TensorToWrite tensor)
        => SafetensorsHeader.TryCount(tensor.Shape, out long count) && count <= long.MaxValue / 16 && tensor.Shape.All(size => size >= 0) ? count
            : throw new ArgumentException($"'{tensor.Name}' has the shape {ShapeText.Of(tensor.Shape)}, which no file can hold", nameof(tensor));

    private static long ByteLength(TensorToWrite tensor) => ElementCount(tensor) * tensor.DType.Size();

    [GeneratedRegex(@"^model-\d{5}-of-\d{5}\.safetensors\z", RegexOptions.CultureInvariant)]
    private static partial Regex ShardName();

    private sealed record FilePlan(string Path, List<TensorToWrite> Tensors);
}
