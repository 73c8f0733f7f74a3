using System.Buffers.Binary;
using System.Text;

namespace Cerise.Models.Tests.Checkpoints;

/// <summary>Files made by hand, so that tests can damage what the writer would never write.</summary>
internal static class SafetensorsBytes
{
    /// <summary>Two tensors in 16 bytes of data.</summary>
    public const string SmallHeader = """
        {"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]},"b":{"dtype":"BF16","shape":[2,1],"data_offsets":[12,16]}}
        """;

    public static byte[] File(string header, int dataBytes) => File(Encoding.UTF8.GetBytes(header), dataBytes);

    public static byte[] File(byte[] header, int dataBytes)
    {
        byte[] file = new byte[8 + header.Length + dataBytes];
        BinaryPrimitives.WriteInt64LittleEndian(file, header.Length);
        header.CopyTo(file, 8);
        for (int i = 0; i < dataBytes; i++)
            file[8 + header.Length + i] = (byte)i;
        return file;
    }
}
