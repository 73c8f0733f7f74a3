using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Cerise.Models.Checkpoints;
using Cerise.Tensors;
using Cerise.Testing;

namespace Cerise.Models.Tests.Checkpoints;

public sealed class SafetensorsReaderTests
{
    [Fact]
    public void A_real_checkpoint_is_listed_and_read_as_its_bytes_say()
    {
        string path = TestPaths.SharedData("models/stories260K/model.safetensors");
        using var reader = SafetensorsReader.Open(Path.GetDirectoryName(path)!);
        Assert.Equal(path, reader.Path);
        Assert.Equal(47, reader.Entries.Count);
        Assert.Equal("pt", reader.Metadata["format"]);
        SafetensorsEntry entry = reader.Entry("model.layers.0.mlp.down_proj.weight");
        Assert.Equal("model.layers.0.mlp.down_proj.weight F32 [64, 172]", entry.ToString());

        float[] values = new float[entry.ElementCount];
        reader.Read(entry.Name, values);
        byte[] bytes = File.ReadAllBytes(path);
        int start = (int)(8 + BitConverter.ToInt64(bytes) + 131328);
        Assert.Equal(bytes.AsSpan(start, values.Length * 4), MemoryMarshal.AsBytes<float>(values));
    }

    [Fact]
    public void Rows_are_the_same_as_the_part_of_the_whole()
    {
        using var reader = SafetensorsReader.Open(TestPaths.SharedData("models/stories260K/model.safetensors"));
        const string name = "model.embed_tokens.weight";
        float[] whole = new float[512 * 64], rows = new float[3 * 64];
        reader.Read(name, whole);
        reader.ReadRows(name, 509, rows);
        Assert.Equal(whole[(509 * 64)..], rows);
        Assert.Throws<ArgumentException>(() => reader.ReadRows(name, 510, rows));
        Assert.Throws<ArgumentException>(() => reader.ReadRows(name, -1, rows));
        Assert.Throws<ArgumentException>(() => reader.ReadRows(name, 0, new float[65]));
        Assert.Throws<ArgumentException>(() => reader.Read(name, rows));
    }

    [Fact]
    public void Every_float_type_is_widened_exactly()
    {
        // 1, -0.5, infinity, NaN, the smallest subnormal.
        byte[] f16 = [0x00, 0x3C, 0x00, 0xB8, 0x00, 0x7C, 0x01, 0x7E, 0x01, 0x00];
        byte[] bf16 = [0x80, 0x3F, 0x00, 0xBF, 0x80, 0x7F, 0xC1, 0x7F, 0x01, 0x00];
        byte[] f64 = MemoryMarshal.AsBytes<double>([1, -0.5, 1e300, double.NaN, double.Epsilon]).ToArray();
        const string header = """
            {"f64":{"dtype":"F64","shape":[5],"data_offsets":[0,40]},"f16":{"dtype":"F16","shape":[5],"data_offsets":[40,50]},
            "bf16":{"dtype":"BF16","shape":[5],"data_offsets":[50,60]}}
            """;
        using TemporaryFolder folder = TestPaths.NewFolder();
        byte[] file = SafetensorsBytes.File(header, 60);
        f64.CopyTo(file, file.Length - 60);
        f16.CopyTo(file, file.Length - 20);
        bf16.CopyTo(file, file.Length - 10);
        File.WriteAllBytes(folder.File("x.safetensors"), file);
        using var reader = SafetensorsReader.Open(folder.File("x.safetensors"));
        foreach ((string name, float smallest) in new[] { ("f64", 0f), ("f16", MathF.Pow(2, -24)), ("bf16", BitConverter.UInt32BitsToSingle(0x10000)) })
        {
            float[] values = new float[5];
            reader.Read(name, values);
            Assert.Equal([1, -0.5f, float.PositiveInfinity, float.NaN, smallest], values);
        }
    }

    [Fact]
    public void Long_tensors_are_read_in_pieces_without_a_seam()
    {
        float[] values = new float[300_001];
        for (int i = 0; i < values.Length; i++)
            values[i] = i % 251;                                           // exact in every type
        using TemporaryFolder folder = TestPaths.NewFolder();
        foreach (SafetensorsDType dtype in new[] { SafetensorsDType.F32, SafetensorsDType.F16, SafetensorsDType.BF16 })
        {
            SafetensorsWriter.Write(folder.File("x.safetensors"), [TensorToWrite.From("x", [values.Length], values, dtype)]);
            using var reader = SafetensorsReader.Open(folder.File("x.safetensors"));
            float[] read = new float[values.Length];
            reader.Read("x", read);
            Assert.Equal(values, read);
        }
    }

    [Fact]
    public void Scalars_and_empty_tensors_are_tensors_too()
    {
        const string header = """
            {"s":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"e":{"dtype":"I64","shape":[9223372036854775807,0,8],"data_offsets":[4,4]}}
            """;
        using TemporaryFolder folder = TestPaths.NewFolder();
        File.WriteAllBytes(folder.File("x.safetensors"), SafetensorsBytes.File(header, 4));
        using var reader = SafetensorsReader.Open(folder.File("x.safetensors"));
        float[] scalar = new float[1];
        reader.Read("s", scalar);
        Assert.Equal(BitConverter.ToSingle([0, 1, 2, 3]), scalar[0]);
        Assert.Equal(0, reader.Entry("e").ByteLength);
    }

    [Fact]
    public void Integers_are_not_read_as_weights()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string path = folder.File("x.safetensors");
        File.WriteAllBytes(path, SafetensorsBytes.File("""{"ids":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}""", 8));
        using var reader = SafetensorsReader.Open(path);
        var error = Assert.Throws<CheckpointException>(() => reader.Read("ids", new float[1]));
        Assert.Equal($"{path}: tensor 'ids' is I64; weights are read from F32, F16, BF16 or F64. Convert the checkpoint first.", error.Message);
        Assert.Equal(("ids", path), (error.Tensor, error.File));
        error = Assert.Throws<CheckpointException>(() => reader.Read("x\ny", new float[1]));
        Assert.Equal($"{path}: tensor 'x\\u000ay' is missing among 1. Is this checkpoint of another model family?", error.Message);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]},"b":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""", 16, "'b' overlaps")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""", 16, "'b' leaves a hole of 4 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "leaves a hole of 4 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 8, "4 bytes after its last tensor")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}""", 8, "lies at bytes 0 to 12 of 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[12,0]}}""", 12, "lies at bytes 12 to 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,12]}}""", 12, "takes 12 bytes, but F32 [2] asks for another number")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""", 0, "asks for another number")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,0]}}""", 0, "asks for another number")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "something else than whole numbers from 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4, "something else than whole numbers from 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":3,"data_offsets":[0,12]}}""", 12, "'shape' that is not an array")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}""", 4, "lacks one of 'dtype', 'shape' and 'data_offsets'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}""", 4, "more than 2 numbers in 'data_offsets'")]
    [InlineData("""{"a":{"shape":[1],"data_offsets":[0,4]}}""", 4, "lacks one of 'dtype', 'shape' and 'data_offsets'")]
    [InlineData("""{"a":{"dtype":"F4","shape":[1],"data_offsets":[0,4]}}""", 4, "has the dtype 'F4'; known are F64, F32, F16, BF16")]
    [InlineData("""{"a":{"dtype":7,"shape":[1],"data_offsets":[0,4]}}""", 4, "has the dtype '?'")]
    [InlineData("""{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "has 'dtype' twice")]
    [InlineData("""{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}""", 0, "names 'a' twice")]
    [InlineData("""{"a":[1]}""", 0, "'a' is not described by an object")]
    [InlineData("""{"__metadata__":{"format":1}}""", 0, "'format' that is not a string")]
    [InlineData("""{"__metadata__":{"k":"1","k":"2"}}""", 0, "names __metadata__ 'k' twice")]
    [InlineData("""{"__metadata__":"pt"}""", 0, "not an object of strings")]
    [InlineData("""{"a":{"dtype":"F32","x":[[[[[[[[[]]]]]]]]],"shape":[1],"data_offsets":[0,4]}}""", 4, "not valid JSON")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}""", 0, "not valid text")]
    [InlineData("""{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}} x""", 0, "not valid JSON")]
    [InlineData("""{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}""", 0, "not valid JSON")]
    [InlineData("[]", 0, "does not start with '{'")]
    [InlineData("", 0, "does not start with '{'")]
    public void What_is_wrong_in_a_header_is_named(string header, int dataBytes, string expected)
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string path = folder.File("x.safetensors");
        File.WriteAllBytes(path, SafetensorsBytes.File(header, dataBytes));
        var error = Assert.Throws<CheckpointException>(() => SafetensorsReader.Open(path));
        Assert.StartsWith(path + ": ", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lengths_beyond_the_file_are_refused_before_anything_is_allocated()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string path = folder.File("x.safetensors");
        foreach ((byte[] bytes, string expected) in new[]
        {
            (new byte[7], "has 7 bytes, too few"),
            (BitConverter.GetBytes(99_999_999L), "asks for a header of 99999999 bytes, but only 0 follow"),
            (BitConverter.GetBytes(100_000_001L), "at most 100000000 are allowed"),
            (BitConverter.GetBytes(-1L), "asks for a header of 18446744073709551615 bytes"),
        })
        {
            File.WriteAllBytes(path, bytes);
            long before = GC.GetAllocatedBytesForCurrentThread();
            var error = Assert.Throws<CheckpointException>(() => SafetensorsReader.Open(path));
            Assert.Contains(expected, error.Message, StringComparison.Ordinal);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
        }
    }

    [Theory]
    [InlineData("{{{0}}}", "\"{0}\":{{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}", "more than 250000 tensors")]
    [InlineData("{{\"__metadata__\":{{{0}}}}}", "\"{0}\":\"\"", "more than 250000 entries in __metadata__")]
    public void More_names_than_can_be_read_in_a_second_are_refused(string header, string name, string expected)
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string path = folder.File("x.safetensors");
        string names = string.Join(',', Enumerable.Range(0, 250_001).Select(i => string.Format(CultureInfo.InvariantCulture, name, i)));
        File.WriteAllBytes(path, SafetensorsBytes.File(string.Format(CultureInfo.InvariantCulture, header, names), 0));
        var error = Assert.Throws<CheckpointException>(() => SafetensorsReader.Open(path));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_truncated_file_is_refused_at_every_length()
    {
        byte[] file = SafetensorsBytes.File(SafetensorsBytes.SmallHeader, 16);
        using TemporaryFolder folder = TestPaths.NewFolder();
        string path = folder.File("x.safetensors");
        for (int length = 0; length < file.Length; length++)
        {
            File.WriteAllBytes(path, file.AsSpan(0, length));
            Assert.Throws<CheckpointException>(() => SafetensorsReader.Open(path));
        }
    }

    [Fact]
    public void Damaged_bytes_raise_nothing_but_checkpoint_errors()
    {
        byte[] good = SafetensorsBytes.File(SafetensorsBytes.SmallHeader, 16);
        using TemporaryFolder folder = TestPaths.NewFolder();
        string path = folder.File("x.safetensors");
        RandomStream random = Seed.From(1).Fork("mutations").Stream();
        int refused = 0;
        for (int round = 0; round < 5_000; round++)
        {
            byte[] bytes = [.. good];
            for (int changes = random.Between(1, 4); changes > 0; changes--)
                bytes[random.Between(0, bytes.Length - 1)] = random.Chance(0.5) ? (byte)random.Between(0, 255) : (byte)random.Pick("0123456789{}[],:\"FB".ToCharArray());
            File.WriteAllBytes(path, bytes);
            try
            {
                using var reader = SafetensorsReader.Open(path);
                foreach (SafetensorsEntry entry in reader.Entries)
                    if (entry.DType.ReadsAsFloat())
                        reader.Read(entry.Name, new float[entry.ElementCount]);
            }
            catch (CheckpointException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 3_000, 4_999);                             // changed values and names remain valid files
    }

    [Fact]
    public void A_missing_file_and_an_empty_folder_are_explained()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        var error = Assert.Throws<CheckpointException>(() => SafetensorsReader.Open(folder.File("x.safetensors")));
        Assert.Contains("does not exist", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<CheckpointException>(() => SafetensorsReader.Open(folder.Path));
        Assert.Contains("holds neither model.safetensors nor model.safetensors.index.json", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"weight_map":{"a":"one.safetensors"}}""", "tensor 'b' is not listed in")]
    [InlineData("""{"weight_map":{"a":"one.safetensors","b":"one.safetensors","c":"one.safetensors"}}""", "tensor 'c' should be in one.safetensors")]
    [InlineData("""{"weight_map":{"a":"one.safetensors","b":"two.safetensors"}}""", "two.safetensors: does not exist")]
    [InlineData("""{"weight_map":{"a":"../one.safetensors"}}""", "the plain name of a file beside the index is expected")]
    [InlineData("""{"weight_map":{"a":"/etc/passwd"}}""", "the plain name of a file beside the index is expected")]
    [InlineData("""{"weight_map":{"a":7}}""", "'weight_map.a' is the number 7; a string is expected")]
    [InlineData("""{"weight_map":{}}""", "lists no tensors")]
    [InlineData("""{}""", "'weight_map' is missing; an object is expected")]
    [InlineData("""[]""", "a JSON object is expected")]
    [InlineData("""{"weight_map":""", "is not valid JSON")]
    [InlineData("""{"weight_map":{"a":"one.safetensors","a":"one.safetensors"}}""", "is not valid JSON")]
    public void What_is_wrong_in_an_index_is_named(string index, string expected)
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        File.WriteAllBytes(folder.File("one.safetensors"), SafetensorsBytes.File(SafetensorsBytes.SmallHeader, 16));
        File.WriteAllText(folder.File(SafetensorsReader.IndexFileName), index);
        var error = Assert.Throws<CheckpointException>(() => SafetensorsReader.Open(folder.Path));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    /// <summary>Some of the largest models list a hundred thousand; searching the list for each would take minutes.</summary>
    [Fact]
    public void A_long_index_takes_time_in_proportion()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string names = string.Join(',', Enumerable.Range(0, 300_000).Select(i => string.Create(CultureInfo.InvariantCulture, $"\"layers.{i}.weight\":\"one.safetensors\"")));
        File.WriteAllText(folder.File(SafetensorsReader.IndexFileName), $"{{\"weight_map\":{{{names}}}}}");
        var error = Assert.Throws<CheckpointException>(() => SafetensorsReader.Open(folder.Path));
        Assert.Contains("one.safetensors: does not exist", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_in_two_shards_is_refused()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        File.WriteAllBytes(folder.File("one.safetensors"), SafetensorsBytes.File(SafetensorsBytes.SmallHeader, 16));
        File.Copy(folder.File("one.safetensors"), folder.File("two.safetensors"));
        File.WriteAllText(folder.File(SafetensorsReader.IndexFileName), """{"weight_map":{"a":"one.safetensors","b":"two.safetensors"}}""");
        var error = Assert.Throws<CheckpointException>(() => SafetensorsReader.Open(folder.Path));
        Assert.Equal("a", error.Tensor);
        Assert.Contains("one.safetensors too", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_of_bytes_that_are_no_text_is_refused()
    {
        byte[] header = Encoding.UTF8.GetBytes("""{"a?":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}""");
        header[3] = 0xFF;
        using TemporaryFolder folder = TestPaths.NewFolder();
        File.WriteAllBytes(folder.File("x.safetensors"), SafetensorsBytes.File(header, 0));
        var error = Assert.Throws<CheckpointException>(() => SafetensorsReader.Open(folder.File("x.safetensors")));
        Assert.Contains("not UTF-8", error.Message, StringComparison.Ordinal);
    }
}
