using Cerise.Tensors.Numerics;

namespace Cerise.Tensors;

/// <summary>Names, sizes and rounding of <see cref="DType"/>.</summary>
public static class DTypes
{
    /// <summary>All names, as in <c>config.json</c>: float32, bfloat16, float16.</summary>
    public static IReadOnlyList<string> Names { get; } = ["float32", "bfloat16", "float16"];

    /// <summary>The name in a <c>config.json</c>, such as <c>bfloat16</c>.</summary>
    public static string Name(this DType dtype) => Names[(int)dtype];

    /// <summary>Bytes a number takes.</summary>
    public static int Size(this DType dtype) => dtype == DType.Float32 ? sizeof(float) : sizeof(ushort);

    /// <summary>The type of a name; null where there is none such.</summary>
    public static DType? Find(string name)
    {
        for (int i = 0; i < Names.Count; i++)
            if (Names[i] == name)
                return (DType)i;
        return null;
    }

    /// <summary>The nearest number the type can hold, ties to even; NaN stays NaN, and what is beyond float16's range becomes infinite.</summary>
    public static float Round(this DType dtype, float value) => dtype switch
    {
        DType.Bfloat16 => StoredBfloat16.Widen(StoredBfloat16.Narrow(value)),
        DType.Float16 => StoredFloat16.Widen(StoredFloat16.Narrow(value)),
        _ => value,
    };
}
