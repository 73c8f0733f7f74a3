using System.Buffers.Binary;
using System.Text;
using Cerise.Models.Adapters;
using Cerise.Models.Checkpoints;
using Cerise.Models.Tests.Checkpoints;
using Cerise.Models.Tests.Families;
using Cerise.Tensors;
using Cerise.Testing;

namespace Cerise.Models.Tests.Hostile;

/// <summary>Damaged files of weights, and their lists of shards.</summary>
public sealed class CheckpointMutationTests
{
    private const int DataBytes = 48;

    private const string Header = """
        {"__metadata__":{"format":"pt","x":"y"},"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]},"b":{"dtype":"BF16","shape":[2,1],"data_offsets":[12,16]},
         "c":{"dtype":"F16","shape":[],"data_offsets":[16,18]},"d":{"dtype":"F64","shape":[2,1],"data_offsets":[18,34]},"e":{"dtype":"I64","shape":[1],"data_offsets":[34,42]},"f":{"dtype":"F32","shape":[0,7],"data_offsets":[42,42]},
         "g":{"dtype":"U8","shape":[6],"data_offsets":[42,48]}}
        """;

    private static readonly Mutator Words = new(
        "\"F32\"", "\"BF16\"", "\"F8_E4M3\"", "\"shape\":", "\"dtype\":", "\"data_offsets\":", "[0,0]", "\"__metadata__\":", "4294967296,4294967296", "{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}");

    [Fact]
    public void Safetensors_headers()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string path = folder.File("x.safetensors");
        New("safetensors header").Run([Encoding.UTF8.GetBytes(Header), Encoding.UTF8.GetBytes(SafetensorsBytes.SmallHeader)], 6000, header =>
        {
            File.WriteAllBytes(path, SafetensorsBytes.File(header, header.AsSpan().IndexOf("\"g\""u8) < 0 ? 16 : DataBytes));
            ReadAll(path);
        });
    }

    [Fact]
    public void Safetensors_files()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string path = folder.File("x.safetensors");
        byte[][] examples = [SafetensorsBytes.File(Header, DataBytes), SafetensorsBytes.File(SafetensorsBytes.SmallHeader, 16)];
        (new Mutations("safetensors", typeof(CheckpointException)) { Mutator = Words, StructuredShare = 0 }).Run(4000, dice =>
        {
            byte[] file = Words.Damage(dice.Pick(examples), dice.Pick(examples), dice);
            if (dice.Chance(20) && file.Length >= 8)                       // lengths that are hard to hold, which damage seldom hits
                BinaryPrimitives.WriteUInt64LittleEndian(file, dice.Next() >> dice.Below(64));
            return file;
        }, file =>
        {
            File.WriteAllBytes(path, file);
            ReadAll(path);
        });
    }

    [Fact]
    public void Lists_of_shards()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        File.WriteAllBytes(folder.File("one.safetensors"), SafetensorsBytes.File(SafetensorsBytes.SmallHeader, 16));
        string path = folder.File(SafetensorsReader.IndexFileName);
        New("safetensors index").Run([Encoding.UTF8.GetBytes("""{"metadata":{"total_size":16},"weight_map":{"a":"one.safetensors","b":"one.safetensors"}}""")], 2500, index =>
        {
            File.WriteAllBytes(path, index);
            ReadAll(folder.Path);
        });
    }

    [Theory]
    [InlineData(LoraConfig.FileName)]
    [InlineData(LoraAdapter.WeightsFileName)]
    public void Adapters(string name)
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = FamilyCases.NewModel("llama", device, layers: 1);
        using TemporaryFolder folder = TestPaths.NewFolder();
        LoraConfig[] configs =
        [
            new LoraConfig { R = 2, TargetModules = ModuleSelection.Of(["q_proj", "v_proj"]), UseDora = true },
            new LoraConfig { R = 2, TargetModules = ModuleSelection.Matching(".*\\.(q|v)_proj"), RankPattern = [KeyValuePair.Create("v_proj", 3)], AlphaPattern = [KeyValuePair.Create("q_proj", 2.0)], LayersToTransform = [0], UseRslora = true },
        ];
        // The config of either folder is tried with the weights of the first.
        byte[] config = [], weights = [];
        List<byte[]> examples = [];
        foreach (LoraConfig each in configs)
        {
            model.AddAdapter(each, Seed.From(1)).Save(folder.Path);
            model.RemoveAdapter();
            (config, weights) = examples.Count == 0 ? (File.ReadAllBytes(folder.File(LoraConfig.FileName)), File.ReadAllBytes(folder.File(LoraAdapter.WeightsFileName))) : (config, weights);
            examples.Add(File.ReadAllBytes(folder.File(name)));
        }
        bool isConfig = name == LoraConfig.FileName;
        var mutations = new Mutations(name, typeof(CheckpointException), typeof(AdapterException)) { Mutator = Words, StructuredShare = isConfig ? 70 : 0 };
        mutations.Run(isConfig ? examples : [examples[0]], 2500, bytes =>
        {
            File.WriteAllBytes(folder.File(LoraConfig.FileName), isConfig ? bytes : config);
            File.WriteAllBytes(folder.File(LoraAdapter.WeightsFileName), isConfig ? weights : bytes);
            model.LoadAdapter(folder.Path);
            model.RemoveAdapter();
        });
    }

    private static Mutations New(string format) => new(format, typeof(CheckpointException)) { Mutator = Words };

    private static void ReadAll(string path)
    {
        using var reader = SafetensorsReader.Open(path);
        foreach (SafetensorsEntry entry in reader.Entries)
            if (entry.DType.ReadsAsFloat())
                reader.Read(entry.Name, new float[entry.ElementCount]);
    }
}
