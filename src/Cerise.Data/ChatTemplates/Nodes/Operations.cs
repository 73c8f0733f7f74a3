using Cerise.Data.ChatTemplates.Running;
using Cerise.Data.ChatTemplates.Text;
using Cerise.Data.ChatTemplates.Values;

namespace Cerise.Data.ChatTemplates.Nodes;

/// <summary>Operators of one rank, from left to right: a + b - c. One node, so that a long sum is not a deep one.</summary>
internal sealed class ArithmeticExpression(int position, Expression first, IReadOnlyList<(string Symbol, Expression Operand, int Position)> rest)
    : Expression(position)
{
    public override Value Evaluate(RenderState state)
    {
        Value value = first.Evaluate(state);
        foreach ((string symbol, Expression operand, int position) in rest)
        {
            state.Step();
            Value right = operand.Evaluate(state);
            state.Position = position;
            value = Operators.Apply(symbol, value, right, state);
        }
        return value;
    }
}

/// <summary>a ~ b ~ c: their texts one after the other.</summary>
internal sealed class ConcatExpression(int position, IReadOnlyList<Expression> parts) : Expression(position)
{
    public override Value Evaluate(RenderState state)
    {
        var text = new TextBuffer(state);
        foreach (Expression part in parts)
        {
            state.Step();
            text.Append(PythonText.ToText(part.Evaluate(state), state));
        }
        return text.ToValue();
    }
}

/// <summary>-a or +a.</summary>
internal sealed class SignExpression(int position, Expression operand, bool negates) : Expression(position)
{
    public override Value Evaluate(RenderState state)
    {
        state.Step();
        Value value = operand.Evaluate(state);
        state.Position = Position;
        return negates ? Operators.Negate(value) : Operators.Plus(value);
    }
}

/// <summary>not a.</summary>
internal sealed class NotExpression(int position, Expression operand) : Expression(position)
{
    public override Value Evaluate(RenderState state)
    {
        state.Step();
        return BooleanValue.Of(!operand.Evaluate(state).IsTrue);
    }
}

/// <summary>a and b and c, or a or b or c: the operand that decides.</summary>
internal sealed class LogicExpression(int position, IReadOnlyList<Expression> operands, bool isAnd) : Expression(position)
{
    public override Value Evaluate(RenderState state)
    {
        for (int i = 0; ; i++)
        {
            state.Step();
            Value value = operands[i].Evaluate(state);
            if (i == operands.Count - 1 || value.IsTrue != isAnd)
                return value;
        }
    }
}

/// <summary>a &lt; b &lt;= c: each pair must hold.</summary>
internal sealed class CompareExpression(int position, Expression first, IReadOnlyList<(string Symbol, Expression Operand, int Position)> rest)
    : Expression(position)
{
    public override Value Evaluate(RenderState state)
    {
        Value left = first.Evaluate(state);
        foreach ((string symbol, Expression operand, int position) in rest)
        {
            state.Step();
            Value right = operand.Evaluate(state);
            state.Position = position;
            if (!Comparison.Holds(symbol, left, right, state))
                return BooleanValue.False;
            left = right;
        }
        return BooleanValue.True;
    }
}

/// <summary>a if condition else b.</summary>
internal sealed class ConditionalExpression(int position, Expression condition, Expression then, Expression? otherwise) : Expression(position)
{
    public override Value Evaluate(RenderState state)
    {
        state.Step();
        if (condition.Evaluate(state).IsTrue)
            return then.Evaluate(state);
        return otherwise?.Evaluate(state)
            ?? UndefinedValue.Because("the inline if-expression evaluated to false and no else section was defined.");
    }
}
