namespace Cerise.Tensors.Kernels;

/// <summary>One of several products y = x W^T + b of the same x.</summary>
internal readonly unsafe struct LinearProduct(byte* weight, float* bias, float* y, int outputs)
{
    /// <summary>W in panels, of the stored type the kernel is chosen for.</summary>
    public byte* Weight => weight;

    /// <summary>b, or null.</summary>
    public float* Bias => bias;

    /// <summary>[rows, outputs].</summary>
    public float* Y => y;

    /// <summary>Rows of W.</summary>
    public int Outputs => outputs;
}
