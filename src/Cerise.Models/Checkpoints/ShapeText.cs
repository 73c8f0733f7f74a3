using System.Globalization;

namespace Cerise.Models.Checkpoints;

/// <summary>Shapes as messages show them.</summary>
internal static class ShapeText
{
    /// <summary><c>[256, 512]</c>; a shape of many dimensions is cut.</summary>
    public static string Of(IReadOnlyList<long> shape)
        => $"[{string.Join(", ", shape.Take(8).Select(size => size.ToString(CultureInfo.InvariantCulture)))}{(shape.Count > 8 ? ", ..." : "")}]";
}
