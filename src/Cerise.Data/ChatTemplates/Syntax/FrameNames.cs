namespace Cerise.Data.ChatTemplates.Syntax;

/// <summary>
/// The names that a scope reads and sets, in order. jinja2 decides from them, before anything runs, which variable a name means: one that a scope sets, and
/// does not read before, is the scope's own from its beginning, and undefined until it is set, even where the conversation has a variable of that name.
/// </summary>
internal sealed class FrameNames
{
    private enum Use
    {
        Read,
        Set,
        SetPerhaps,
    }

    private readonly FrameNames? _parent;
    private readonly List<FrameNames> _inner = [];
    private readonly List<(string Name, Use Use)> _uses = [];
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <param name="parent">The scope around, whose names are seen from within; null for none.</param>
    public FrameNames(FrameNames? parent)
    {
        _parent = parent;
        parent?._inner.Add(this);
    }

    /// <summary>Names that are undefined when the scope begins, whatever they mean outside. Known after <see cref="Resolve"/>.</summary>
    public IReadOnlyList<string> Unset { get; private set; } = [];

    public void Read(string name) => _uses.Add((name, Use.Read));

    /// <summary>Notes a name that is set, perhaps only: within an if it means the outer variable until then.</summary>
    public void Set(string name, bool perhaps) => _uses.Add((name, perhaps ? Use.SetPerhaps : Use.Set));

    /// <summary>Decides for this scope and those within.</summary>
    public void Resolve()
    {
        List<string>? unset = null;
        foreach ((string name, Use use) in _uses)
        {
            if (use == Use.Read ? Knows(name) : !_known.Add(name))
                continue;
            _known.Add(name);
            if (use == Use.Set && _parent?.Knows(name) != true)
                (unset ??= []).Add(name);
        }
        Unset = unset ?? Unset;
        foreach (FrameNames inner in _inner)
            inner.Resolve();
    }

    private bool Knows(string name)
    {
        for (FrameNames? frame = this; frame is not null; frame = frame._parent)
            if (frame._known.Contains(name))
                return true;
        return false;
    }
}
