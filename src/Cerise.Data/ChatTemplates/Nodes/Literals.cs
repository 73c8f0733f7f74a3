using Cerise.Data.ChatTemplates.Running;
using Cerise.Data.ChatTemplates.Values;

namespace Cerise.Data.ChatTemplates.Nodes;

/// <summary>A number, a text, true, false or none.</summary>
internal sealed class ConstantExpression(int position, Value value) : Expression(position)
{
    public Value Value { get; } = value;

    public override Value Evaluate(RenderState state) => Value;
}

/// <summary>[a, b] or (a, b).</summary>
internal sealed class SequenceExpression(int position, IReadOnlyList<Expression> items, bool isTuple) : Expression(position)
{
    public IReadOnlyList<Expression> Items { get; } = items;

    public bool IsTuple { get; } = isTuple;

    public override Value Evaluate(RenderState state)
    {
        var values = new Value[Items.Count];
        for (int i = 0; i < values.Length; i++)
        {
            state.Step();
            values[i] = Items[i].Evaluate(state);
        }
        return IsTuple ? new TupleValue(values) : new ListValue(values);
    }
}

/// <summary>{a: b}.</summary>
internal sealed class DictExpression(int position, IReadOnlyList<(Expression Key, Expression Value)> items) : Expression(position)
{
    public override Value Evaluate(RenderState state)
    {
        OrderedDictionary<Value, Value> values = DictValue.NewItems(items.Count);
        foreach ((Expression key, Expression value) in items)
        {
            state.Step();
            Value name = PythonEquality.Key(key.Evaluate(state), state);
            values[name] = value.Evaluate(state);
        }
        return new DictValue(values);
    }
}

/// <summary>start:stop:step within brackets.</summary>
internal sealed class SliceExpression(int position, Expression? start, Expression? stop, Expression? step) : Expression(position)
{
    public override Value Evaluate(RenderState state) => new SliceValue(Bound(start, state), Bound(stop, state), Bound(step, state));

    private static Value Bound(Expression? bound, RenderState state) => bound?.Evaluate(state) ?? NoneValue.Instance;
}
