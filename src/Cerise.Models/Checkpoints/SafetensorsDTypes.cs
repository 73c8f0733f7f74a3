namespace Cerise.Models.Checkpoints;

/// <summary>Names and sizes of <see cref="SafetensorsDType"/>.</summary>
public static class SafetensorsDTypes
{
    private static readonly (SafetensorsDType DType, string Name, int Size)[] Table =
    [
        (SafetensorsDType.F64, "F64", 8), (SafetensorsDType.F32, "F32", 4), (SafetensorsDType.F16, "F16", 2), (SafetensorsDType.BF16, "BF16", 2),
        (SafetensorsDType.F8E5M2, "F8_E5M2", 1), (SafetensorsDType.F8E4M3, "F8_E4M3", 1), (SafetensorsDType.F8E8M0, "F8_E8M0", 1),
        (SafetensorsDType.C64, "C64", 8), (SafetensorsDType.I64, "I64", 8), (SafetensorsDType.I32, "I32", 4), (SafetensorsDType.I16, "I16", 2),
        (SafetensorsDType.I8, "I8", 1), (SafetensorsDType.U64, "U64", 8), (SafetensorsDType.U32, "U32", 4), (SafetensorsDType.U16, "U16", 2),
        (SafetensorsDType.U8, "U8", 1), (SafetensorsDType.Bool, "BOOL", 1),
    ];

    /// <summary>All names, for messages.</summary>
    internal static string KnownNames { get; } = string.Join(", ", Table.Select(row => row.Name));

    /// <summary>The name in a file's header, such as <c>BF16</c>.</summary>
    public static string Name(this SafetensorsDType dtype) => Table[(int)dtype].Name;

    /// <summary>Bytes an element takes.</summary>
    public static int Size(this SafetensorsDType dtype) => Table[(int)dtype].Size;

    /// <summary>Whether <see cref="SafetensorsReader.Read"/> converts this type to float: F32, F16, BF16 and F64.</summary>
    public static bool ReadsAsFloat(this SafetensorsDType dtype)
        => dtype is SafetensorsDType.F32 or SafetensorsDType.F16 or SafetensorsDType.BF16 or SafetensorsDType.F64;

    /// <summary>Finds a type by its name in a header.</summary>
    internal static bool TryParse(string name, out SafetensorsDType dtype)
    {
        foreach ((SafetensorsDType candidate, string known, _) in Table)
            if (known == name)
            {
                dtype = candidate;
                return true;
            }
        dtype = default;
        return false;
    }
}
