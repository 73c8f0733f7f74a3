using System.Collections.Frozen;
using Cerise.Data.ChatTemplates.Values;

namespace Cerise.Data.ChatTemplates.Builtins;

/// <summary>Builtins by name.</summary>
internal sealed class BuiltinTable
{
    private readonly FrozenDictionary<string, Builtin> _members;

    /// <param name="members">Their names, signatures as <see cref="Builtin"/> reads them, and bodies.</param>
    public BuiltinTable(params (string Name, string Signature, Func<Call, Value> Body)[] members) =>
        _members = members.ToFrozenDictionary(member => member.Name, member => new Builtin(member.Name, member.Signature, member.Body), StringComparer.Ordinal);

    public Builtin? Find(string name) => _members.GetValueOrDefault(name);

    public bool Contains(string name) => _members.ContainsKey(name);

    public IEnumerable<Builtin> Members => _members.Values;

    /// <summary>A method of a value, or null.</summary>
    public Value? Bind(string name, Value self) => _members.TryGetValue(name, out Builtin? builtin) ? new FunctionValue(builtin, self) : null;
}
