using Cerise.Models.Configs;
using Cerise.Tensors;

namespace Cerise.Benchmarks;

/// <summary>Blocks of keys and values for one layer.</summary>
internal static class KeyValues
{
    public static KeyValueBlocks Of(Device device, ModelConfig model, int blocks, Func<Storage, Storage> own)
    {
        long length = (long)blocks * KeyValueBlocks.BlockSize * model.NumKeyValueHeads * model.HeadDim;
        Storage keys = own(device.Allocate(length)), values = own(device.Allocate(length));
        device.Fill(keys, 0, length, 0.01f);
        device.Fill(values, 0, length, 0.01f);
        return new KeyValueBlocks(keys, 0, values, 0, model.NumKeyValueHeads, model.HeadDim);
    }
}
