using System.Buffers.Binary;
using System.Text;
using Cerise.Models.Checkpoints;
using Cerise.Testing;

namespace Cerise.Models.Tests.Checkpoints;

public sealed class SafetensorsWriterTests
{
    [Fact]
    public void A_real_checkpoint_written_back_has_the_same_bytes()
    {
        string path = TestPaths.SharedData("models/stories260K/model.safetensors");
        using TemporaryFolder folder = TestPaths.NewFolder();
        using var reader = SafetensorsReader.Open(path);
        IReadOnlyList<string> written = SafetensorsWriter.WriteModel(folder.Path, Copy(reader));
        Assert.Equal(["model.safetensors"], written);
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(folder.File("model.safetensors")));
    }

    [Fact]
    public void Shards_hold_the_same_tensors_and_are_named_as_hugging_face_names_them()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        using var reader = SafetensorsReader.Open(TestPaths.SharedData("models/stories260K/model.safetensors"));
        IReadOnlyList<string> written = SafetensorsWriter.WriteModel(folder.Path, Copy(reader), new SafetensorsWriteOptions { MaxShardBytes = 400_000 });
        Assert.Equal(["model-00001-of-00003.safetensors", "model-00002-of-00003.safetensors", "model-00003-of-00003.safetensors",
            "model.safetensors.index.json"], written);
        Assert.Equal(written.Order(), Names(folder));
        Assert.All(written, name => Assert.InRange(new FileInfo(folder.File(name)).Length, 1, 410_000));
        using var shards = SafetensorsReader.Open(folder.Path);
        Assert.Equal(reader.Entries.Select(entry => entry.ToString()).Order(), shards.Entries.Select(entry => entry.ToString()).Order());
        Assert.All(reader.Entries, entry => Assert.Equal(Values(reader, entry), Values(shards, shards.Entry(entry.Name))));
        Assert.StartsWith("{\n  \"metadata\": {\n    \"total_size\": 1040128\n  },\n  \"weight_map\": {\n    \"model.embed_tokens.weight\": ",
            File.ReadAllText(folder.File("model.safetensors.index.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_later_save_replaces_the_earlier_one_whatever_its_split()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        TensorToWrite[] tensors = [Tensor("a", 1, 2), Tensor("b", 3, 4)];
        var split = new SafetensorsWriteOptions { MaxShardBytes = 8 };
        File.WriteAllText(folder.File("model-card.md"), "mine");
        SafetensorsWriter.WriteModel(folder.Path, tensors);
        SafetensorsWriter.WriteModel(folder.Path, tensors, split);
        Assert.Equal(["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "model-card.md", "model.safetensors.index.json"], Names(folder));
        SafetensorsWriter.WriteModel(folder.Path, [Tensor("c", 5)], split);
        Assert.Equal(["model-card.md", "model.safetensors"], Names(folder));
    }

    [Fact]
    public void Elements_start_at_a_multiple_of_8_and_the_header_keeps_names_readable()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string path = folder.File("x.safetensors");
        for (int length = 1; length < 10; length++)
        {
            string name = new('é', length);
            SafetensorsWriter.Write(path, [Tensor(name, 1)]);
            byte[] bytes = File.ReadAllBytes(path);
            long header = BinaryPrimitives.ReadInt64LittleEndian(bytes);
            Assert.Equal(0, header % 8);
            Assert.Equal(bytes.Length, 8 + header + 4);
            Assert.Contains($"\"{name}\":{{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Order_is_by_width_and_name_or_as_given()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string path = folder.File("x.safetensors");
        TensorToWrite[] tensors =
        [
            TensorToWrite.From("half", [1], new float[1], SafetensorsDType.BF16), Tensor("z", 1), Tensor("B", 1), Tensor("a", 1),
        ];
        Assert.Equal(["B", "a", "z", "half"], Written(TensorOrder.Sorted));
        Assert.Equal(["half", "z", "B", "a"], Written(TensorOrder.AsGiven));

        IEnumerable<string> Written(TensorOrder order)
        {
            SafetensorsWriter.Write(path, tensors, new SafetensorsWriteOptions { Order = order });
            using var reader = SafetensorsReader.Open(path);
            return [.. reader.Entries.Select(entry => entry.Name)];
        }
    }

    [Fact]
    public void Metadata_is_written_in_order_of_its_keys()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string path = folder.File("x.safetensors");
        SafetensorsWriter.Write(path, [], new SafetensorsWriteOptions { Metadata = new Dictionary<string, string> { ["step"] = "7", ["format"] = "pt" } });
        Assert.Contains("""{"__metadata__":{"format":"pt","step":"7"}}""", File.ReadAllText(path), StringComparison.Ordinal);
        using var reader = SafetensorsReader.Open(path);
        Assert.Equal("7", reader.Metadata["step"]);
    }

    [Theory]
    // A value, and the bits of the nearest bfloat16 and float16, ties to even.
    [InlineData(0x3F800000u, 0x3F80, 0x3C00)]                              // 1
    [InlineData(0x3F808000u, 0x3F80, 0x3C04)]                              // 1 + 2^-8: a tie, to even
    [InlineData(0x3F818000u, 0x3F82, 0x3C0C)]                              // 1 + 3 * 2^-8: a tie, to even
    [InlineData(0x3F808001u, 0x3F81, 0x3C04)]                              // just above a tie
    [InlineData(0x3F801000u, 0x3F80, 0x3C00)]                              // 1 + 2^-11: a tie in float16
    [InlineData(0x3F803000u, 0x3F80, 0x3C02)]                              // 1 + 3 * 2^-11: a tie in float16
    [InlineData(0x80000000u, 0x8000, 0x8000)]                              // -0
    [InlineData(0x7F7FFFFFu, 0x7F80, 0x7C00)]                              // the largest float: rounds to infinity
    [InlineData(0x477FE000u, 0x4780, 0x7BFF)]                              // 65504, the largest float16
    [InlineData(0xFF800000u, 0xFF80, 0xFC00)]                              // -infinity
    [InlineData(0x33800000u, 0x3380, 0x0001)]                              // 2^-24, the smallest subnormal float16
    [InlineData(0x33000000u, 0x3300, 0x0000)]                              // 2^-25: a tie, to even
    public void Narrowing_rounds_to_nearest_even(uint bits, int bfloat16, int float16)
    {
        float[] value = [BitConverter.UInt32BitsToSingle(bits)];
        byte[] stored = new byte[2];
        FloatConversion.FromFloat(SafetensorsDType.BF16, value, stored);
        Assert.Equal(bfloat16, BitConverter.ToUInt16(stored));
        FloatConversion.FromFloat(SafetensorsDType.F16, value, stored);
        Assert.Equal(float16, BitConverter.ToUInt16(stored));
    }

    [Fact]
    public void Not_a_number_stays_so_in_every_type()
    {
        float[] value = [BitConverter.UInt32BitsToSingle(0x7F800001)], read = new float[1];
        byte[] stored = new byte[4];
        foreach (SafetensorsDType dtype in new[] { SafetensorsDType.BF16, SafetensorsDType.F16, SafetensorsDType.F32 })
        {
            FloatConversion.FromFloat(dtype, value, stored);
            FloatConversion.ToFloat(dtype, stored.AsSpan(0, dtype.Size()), read);
            Assert.True(float.IsNaN(read[0]));
        }
    }

    [Fact]
    public void A_source_that_fails_leaves_the_earlier_file_and_nothing_else()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string path = folder.File("model.safetensors");
        SafetensorsWriter.Write(path, [Tensor("a", 1, 2)]);
        byte[] before = File.ReadAllBytes(path);
        var failing = new TensorToWrite("b", [70_000], SafetensorsDType.F32, (first, _) =>
        {
            if (first > 0)
                throw new IOException("No space left on device");
        });
        var error = Assert.Throws<CheckpointException>(() => SafetensorsWriter.Write(path, [Tensor("a", 3, 4), failing]));
        Assert.Equal($"{path}: could not be written (No space left on device). Free some space or choose another folder.", error.Message);
        Assert.Throws<CheckpointException>(() => SafetensorsWriter.WriteModel(folder.Path, [Tensor("a", 3), failing], new() { MaxShardBytes = 4 }));
        Assert.Equal(["model.safetensors"], Names(folder));
        Assert.Equal(before, File.ReadAllBytes(path));
    }

    [Fact]
    public void What_the_disk_refuses_is_one_error_that_leaves_nothing_behind()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string path = folder.File("x.safetensors");
        Directory.CreateDirectory(path);                                   // a folder where the file should go: the rename is refused
        var error = Assert.Throws<CheckpointException>(() => SafetensorsWriter.Write(path, [Tensor("a", 1)]));
        Assert.Contains("could not be written", error.Message, StringComparison.Ordinal);
        Assert.Equal(["x.safetensors"], Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void Misuse_is_refused_before_a_file_is_made()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string path = folder.File("x.safetensors");
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(path, [Tensor("a", 1), Tensor("a", 2)]));
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(path, [Tensor("__metadata__", 1)]));
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(path, [Tensor("a", 1) with { DType = SafetensorsDType.I64 }]));
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(path, [Tensor("a", 1) with { Shape = [-1] }]));
        Assert.Throws<ArgumentException>(() => TensorToWrite.From("a", [3], new float[2]));
        Assert.Empty(Names(folder));
    }

    private static TensorToWrite Tensor(string name, params float[] values) => TensorToWrite.From(name, [values.Length], values);

    private static IEnumerable<string> Names(TemporaryFolder folder) => Directory.EnumerateFiles(folder.Path).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    private static TensorToWrite[] Copy(SafetensorsReader reader)
        => [.. reader.Entries.Select(entry => TensorToWrite.From(entry.Name, entry.Shape, Values(reader, entry)))];

    private static float[] Values(SafetensorsReader reader, SafetensorsEntry entry)
    {
        float[] values = new float[entry.ElementCount];
        reader.Read(entry.Name, values);
        return values;
    }
}
