using System.Runtime.ExceptionServices;
using Cerise.Data.ChatTemplates.Running;

namespace Cerise.Data.ChatTemplates.Values;

/// <summary>sorted(): stable, also in reverse.</summary>
internal static class Sorting
{
    public static List<T> Sort<T>(IReadOnlyList<T> items, Func<T, Value> key, bool reverse, RenderState state)
    {
        var order = Comparer<Value>.Create((left, right) =>
        {
            state.Step();
            return Comparison.Compare(left, right, "<", state) ?? 0;
        });
        try
        {
            return [.. reverse ? items.OrderByDescending(key, order) : items.OrderBy(key, order)];
        }
        catch (InvalidOperationException e) when (e.InnerException is { } fault)
        {
            // The library wraps what a comparison throws.
            ExceptionDispatchInfo.Throw(fault);
            throw;
        }
    }
}
