using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Cerise.Models.Checkpoints;

/// <summary>Reads the tensors of a safetensors checkpoint: one file, or the shards of a <c>model.safetensors.index.json</c>.</summary>
/// <remarks>
/// Opening checks every header in full; values are read on request, converted in pieces of 256 KiB, so that no file is ever held whole. Reads may
/// run on several threads at once.
/// </remarks>
public sealed class SafetensorsReader : IDisposable
{
    /// <summary>The one file of a model that is not split.</summary>
    public const string SingleFileName = "model.safetensors";

    /// <summary>The list of shards of a model that is split.</summary>
    public const string IndexFileName = "model.safetensors.index.json";

    private const string Mixed = "The shards and the index are of different saves; fetch or save all of them again.";
    private const int PieceBytes = 256 * 1024;

    private readonly Dictionary<string, RandomAccessFile> _files = [];
    private readonly Dictionary<string, SafetensorsEntry> _entries = [];
    private readonly Dictionary<string, string> _metadata = [];

    private SafetensorsReader(string path) => Path = path;

    /// <summary>The file or index that was opened.</summary>
    public string Path { get; }

    /// <summary>All tensors, file by file, in the order of their bytes.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries { get; private set; } = [];

    /// <summary>The strings of <c>__metadata__</c>; of several shards, the first to name a key counts.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>Opens a checkpoint.</summary>
    /// <param name="path">
    /// A <c>.safetensors</c> file, an index file, or a model folder; of a folder <c>model.safetensors</c> is taken, else the index.
    /// </param>
    /// <exception cref="CheckpointException">A file is missing, unreadable, or not valid in any respect.</exception>
    public static SafetensorsReader Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string file = Directory.Exists(path) ? InFolder(path) : path;
        var reader = new SafetensorsReader(file);
        try
        {
            if (file.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
                reader.OpenShards(SafetensorsIndex.Read(file));
            else
                reader.OpenFile(file);
            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>Gives the tensors other names; those without one are left out, as parts of something else.</summary>
    /// <exception cref="CheckpointException">Two tensors would have the same name.</exception>
    internal void Rename(Func<string, string?> rename)
    {
        SafetensorsEntry[] before = [.. Entries];
        Entries = [.. before.Select(entry => rename(entry.Name) is { } name ? entry.Renamed(name) : null).OfType<SafetensorsEntry>()];
        _entries.Clear();
        foreach (SafetensorsEntry entry in Entries)
            if (!_entries.TryAdd(entry.Name, entry))
                throw CheckpointException.OfTensor(entry.File, entry.Name, "is there twice, under two names. Is this one checkpoint or two?");
    }

    /// <summary>Finds a tensor by name.</summary>
    public bool TryGetEntry(string name, [NotNullWhen(true)] out SafetensorsEntry? entry) => _entries.TryGetValue(name, out entry);

    /// <summary>The tensor of a name.</summary>
    /// <exception cref="CheckpointException">There is none.</exception>
    public SafetensorsEntry Entry(string name)
        => TryGetEntry(name, out SafetensorsEntry? entry)
            ? entry
            : throw CheckpointException.OfTensor(Path, name, $"is missing among {_entries.Count}. Is this checkpoint of another model family?");

    /// <summary>Reads a whole tensor as floats, converting from F32, F16, BF16 or F64.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <param name="destination">Receives the elements in row-major order; as long as the tensor has elements.</param>
    /// <exception cref="CheckpointException">No such tensor, a type that is no float, or the file cannot be read.</exception>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another length.</exception>
    public void Read(string name, Span<float> destination)
    {
        SafetensorsEntry entry = Entry(name);
        if (destination.Length != entry.ElementCount)
            throw new ArgumentException($"{entry} has {entry.ElementCount} elements, the destination {destination.Length}", nameof(destination));
        ReadElements(entry, 0, destination);
    }

    /// <summary>Reads rows of a tensor as floats: a part of one too large to hold, or for an array to index.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <param name="firstRow">Index of the first row (of the first dimension), from 0.</param>
    /// <param name="destination">Receives whole rows; its length, a multiple of <see cref="SafetensorsEntry.RowLength"/>, says how many.</param>
    /// <exception cref="CheckpointException">No such tensor, a type that is no float, or the file cannot be read.</exception>
    /// <exception cref="ArgumentException">No whole number of rows, or rows outside the tensor.</exception>
    public void ReadRows(string name, long firstRow, Span<float> destination)
    {
        SafetensorsEntry entry = Entry(name);
        long rows = entry.Shape.Count == 0 ? 1 : entry.Shape[0];
        if (entry.RowLength == 0 ? destination.Length != 0 : destination.Length % entry.RowLength != 0)
            throw new ArgumentException($"{entry} has rows of {entry.RowLength} elements, the destination {destination.Length}", nameof(destination));
        long count = entry.RowLength == 0 ? 0 : destination.Length / entry.RowLength;
        if (firstRow < 0 || firstRow > rows - count)
            throw new ArgumentException($"{entry} has {rows} rows; {count} from {firstRow} on are asked for", nameof(firstRow));
        ReadElements(entry, firstRow * entry.RowLength, destination);
    }

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        foreach (RandomAccessFile file in _files.Values)
            file.Dispose();
        _files.Clear();
    }

    private static string InFolder(string folder)
    {
        string single = System.IO.Path.Combine(folder, SingleFileName), index = System.IO.Path.Combine(folder, IndexFileName);
        if (File.Exists(single))
            return single;
        if (File.Exists(index))
            return index;
        throw new CheckpointException(folder, $"holds neither {SingleFileName} nor {IndexFileName}. Name a model folder in Hugging Face layout; " +
            "weights in .bin files have to be converted to safetensors first.");
    }

    private void OpenShards(SafetensorsIndex index)
    {
        foreach (string shard in index.Shards)
            OpenFile(shard);
        foreach ((string name, string shard) in index.WeightMap)
            if (!_entries.TryGetValue(name, out SafetensorsEntry? entry) || entry.File != shard)
                throw CheckpointException.OfTensor(Path, name, $"should be in {System.IO.Path.GetFileName(shard)}, which does not hold it. {Mixed}");
        foreach (SafetensorsEntry entry in Entries)
            if (!index.WeightMap.ContainsKey(entry.Name))
                throw CheckpointException.OfTensor(entry.File, entry.Name, $"is not listed in {IndexFileName}. {Mixed}");
    }

    private void OpenFile(string path)
    {
        var file = RandomAccessFile.Open(path);
        _files.Add(path, file);
        SafetensorsHeader.Content content = SafetensorsHeader.Read(file);
        foreach (SafetensorsEntry entry in content.Entries)
            if (!_entries.TryAdd(entry.Name, entry))
                throw CheckpointException.OfTensor(path, entry.Name, $"is in {_entries[entry.Name].File} too. {Mixed}");
        foreach ((string key, string value) in content.Metadata)
            _metadata.TryAdd(key, value);
        Entries = [.. Entries, .. content.Entries];
    }

    private void ReadElements(SafetensorsEntry entry, long first, Span<float> destination)
    {
        if (!entry.DType.ReadsAsFloat())
            throw CheckpointException.OfTensor(entry.File, entry.Name,
                $"is {entry.DType.Name()}; weights are read from F32, F16, BF16 or F64. Convert the checkpoint first.");
        ObjectDisposedException.ThrowIf(_files.Count == 0, this);
        RandomAccessFile file = _files[entry.File];
        int size = entry.DType.Size(), perPiece = PieceBytes / size;
        long offset = entry.Offset + first * size;
        byte[]? buffer = entry.DType == SafetensorsDType.F32 ? null : ArrayPool<byte>.Shared.Rent(PieceBytes);
        while (destination.Length > 0)
        {
            Span<float> piece = destination[..Math.Min(destination.Length, perPiece)];
            Span<byte> bytes = buffer is null ? MemoryMarshal.AsBytes(piece) : buffer.AsSpan(0, piece.Length * size);
            file.ReadExactly(bytes, offset);
            if (buffer is not null)
                FloatConversion.ToFloat(entry.DType, bytes, piece);
            offset += bytes.Length;
            destination = destination[piece.Length..];
        }
        if (buffer is not null)
            ArrayPool<byte>.Shared.Return(buffer);
    }
}
