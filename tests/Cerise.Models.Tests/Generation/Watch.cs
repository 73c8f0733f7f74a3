using Cerise.Models.Generation;

namespace Cerise.Models.Tests.Generation;

/// <summary>A guide that ends a completion by its tokens so far.</summary>
internal sealed class Watch : ICompletionGuide
{
    private readonly List<int> _ids = [];
    private readonly Func<IReadOnlyList<int>, bool> _ends;

    private Watch(Func<IReadOnlyList<int>, bool> ends) => _ends = ends;

    public static Func<ICompletionGuide> Of(Func<IReadOnlyList<int>, bool> ends) => () => new Watch(ends);

    public bool Constrain(Span<ulong> allowed) => false;

    public bool Append(int id)
    {
        _ids.Add(id);
        return _ends(_ids);
    }
}
