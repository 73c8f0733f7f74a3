using Cerise.Data.ChatTemplates.Running;
using Cerise.Data.ChatTemplates.Values;

namespace Cerise.Data.ChatTemplates.Nodes;

/// <summary>What a value can be given to.</summary>
internal abstract class Target(int position) : Node(position)
{
    public abstract void Assign(Value value, Scope scope, RenderState state);
}

/// <summary>A name.</summary>
internal sealed class NameTarget(int position, string name) : Target(position)
{
    public string Name { get; } = name;

    public override void Assign(Value value, Scope scope, RenderState state) => scope.Set(Name, value);
}

/// <summary>An attribute of a namespace.</summary>
internal sealed class NamespaceTarget(int position, string owner, string attribute) : Target(position)
{
    public override void Assign(Value value, Scope scope, RenderState state)
    {
        state.Position = Position;
        if (state.Scope.Find(owner) is not NamespaceValue attributes)
            throw new TemplateFault("cannot assign attribute on non-namespace object");
        attributes.Set(attribute, value);
    }
}

/// <summary>Several targets for the items of one value.</summary>
internal sealed class TupleTarget(int position, IReadOnlyList<Target> targets) : Target(position)
{
    public IReadOnlyList<Target> Targets { get; } = targets;

    public override void Assign(Value value, Scope scope, RenderState state)
    {
        state.Position = Position;
        if (value.TryIterate(state) is not { } items)
            throw new TemplateFault($"cannot unpack non-iterable {value.TypeName} object");
        Value[] values = [.. items.Take(Targets.Count + 1)];
        if (values.Length > Targets.Count)
            throw new TemplateFault($"too many values to unpack (expected {Targets.Count})");
        if (values.Length < Targets.Count)
            throw new TemplateFault($"not enough values to unpack (expected {Targets.Count}, got {values.Length})");
        for (int i = 0; i < values.Length; i++)
            Targets[i].Assign(values[i], scope, state);
    }
}
