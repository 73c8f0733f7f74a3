using Cerise.Data.ChatTemplates.Values;

namespace Cerise.Data.ChatTemplates.Running;

/// <summary>Variables of a block and, behind it, of the blocks around it.</summary>
internal sealed class Scope(Scope? parent)
{
    /// <summary>Few names are found faster one by one than by hash.</summary>
    private const int ListedNames = 8;

    private (string Name, Value Value)[] _listed = [];
    private int _count;
    private Dictionary<string, Value>? _all;

    public Scope? Parent { get; } = parent;

    /// <summary>The value of a name here or in a scope around, or null.</summary>
    public Value? Find(string name)
    {
        for (Scope? scope = this; scope is not null; scope = scope.Parent)
            if (scope.FindHere(name) is { } value)
                return value;
        return null;
    }

    /// <summary>Sets a variable of this scope.</summary>
    public void Set(string name, Value value)
    {
        if (_all is not null)
        {
            _all[name] = value;
            return;
        }
        for (int i = 0; i < _count; i++)
            if (_listed[i].Name == name)
            {
                _listed[i].Value = value;
                return;
            }
        if (_count == ListedNames)
        {
            _all = new Dictionary<string, Value>(StringComparer.Ordinal);
            foreach ((string listed, Value old) in _listed)
                _all[listed] = old;
            _all[name] = value;
            return;
        }
        if (_count == _listed.Length)
            Array.Resize(ref _listed, _count == 0 ? 2 : _count * 2);
        _listed[_count++] = (name, value);
    }

    private Value? FindHere(string name)
    {
        if (_all is not null)
            return _all.GetValueOrDefault(name);
        for (int i = 0; i < _count; i++)
            if (_listed[i].Name == name)
                return _listed[i].Value;
        return null;
    }
}
