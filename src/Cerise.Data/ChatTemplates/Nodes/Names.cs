using Cerise.Data.ChatTemplates.Running;
using Cerise.Data.ChatTemplates.Values;

namespace Cerise.Data.ChatTemplates.Nodes;

/// <summary>A variable.</summary>
internal sealed class NameExpression(int position, string name) : Expression(position)
{
    public string Name { get; } = name;

    public override Value Evaluate(RenderState state)
    {
        state.Step();
        return state.Scope.Find(Name) ?? UndefinedValue.Name(Name);
    }
}

/// <summary>a.name.</summary>
internal sealed class AttributeExpression(int position, Expression owner, string name) : Expression(position)
{
    private readonly StringValue _name = new(name);

    public override Value Evaluate(RenderState state)
    {
        state.Step();
        Value value = owner.Evaluate(state);
        state.Position = Position;
        return Access.Attribute(value, _name, state);
    }
}

/// <summary>a[key].</summary>
internal sealed class ItemExpression(int position, Expression owner, Expression key) : Expression(position)
{
    public override Value Evaluate(RenderState state)
    {
        state.Step();
        Value value = owner.Evaluate(state);
        Value index = key.Evaluate(state);
        state.Position = Position;
        Value item = key is SliceExpression ? Access.Slice(value, index, state) : Access.Item(value, index, state);
        if (item is DictValue { MessageIndex: >= 0 } message)
            Turns.Read(message, state);
        return item;
    }
}
