namespace Cerise.Tensors.Numerics;

/// <summary>Work cut into items that may run in any order on any thread.</summary>
internal interface IJob
{
    /// <summary>Does one item. It writes only what belongs to it; <paramref name="worker"/> names scratch memory it may use.</summary>
    public void Run(int item, int worker);
}
