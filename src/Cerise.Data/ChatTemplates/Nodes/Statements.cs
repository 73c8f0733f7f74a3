using Cerise.Data.ChatTemplates.Running;
using Cerise.Data.ChatTemplates.Text;
using Cerise.Data.ChatTemplates.Values;

namespace Cerise.Data.ChatTemplates.Nodes;

/// <summary>{% if %} with any number of {% elif %}.</summary>
internal sealed class IfStatement(int position, IReadOnlyList<(Expression Condition, Block Body)> branches, Block? otherwise) : Statement(position)
{
    public override Flow Execute(RenderState state)
    {
        foreach ((Expression condition, Block body) in branches)
        {
            state.Step();
            if (condition.Evaluate(state).IsTrue)
                return body.Execute(state);
        }
        return otherwise?.Execute(state) ?? Flow.Next;
    }
}

/// <summary>{% set target = value %}.</summary>
internal sealed class SetStatement(int position, Target target, Expression value) : Statement(position)
{
    public override Flow Execute(RenderState state)
    {
        target.Assign(value.Evaluate(state), state.Scope, state);
        return Flow.Next;
    }
}

/// <summary>{% set target %}...{% endset %}, with filters where they are named.</summary>
internal sealed class SetBlockStatement(int position, Target target, Expression? filters, Block body) : Statement(position)
{
    public override Flow Execute(RenderState state)
    {
        Flow flow = body.Capture(body.NewScope(state.Scope), state, out StringValue text);
        if (flow != Flow.Next)
            return flow;
        state.Captured = text;
        target.Assign(filters?.Evaluate(state) ?? text, state.Scope, state);
        return Flow.Next;
    }
}

/// <summary>{% filter name %}...{% endfilter %}.</summary>
internal sealed class FilterBlockStatement(int position, Expression filters, Block body) : Statement(position)
{
    /// <summary>What a filter or call block writes, which must be a text.</summary>
    public static StringValue Written(Value value) =>
        value as StringValue ?? throw new TemplateFault($"expected str instance, {value.TypeName} found");

    public override Flow Execute(RenderState state)
    {
        Flow flow = body.Capture(body.NewScope(state.Scope), state, out StringValue text);
        if (flow != Flow.Next)
            return flow;
        state.Captured = text;
        state.Output.Append(Written(filters.Evaluate(state)), state.Place);
        return Flow.Next;
    }
}

/// <summary>{% with a = b %}...{% endwith %}. The values are those of the scope around.</summary>
internal sealed class WithStatement(int position, IReadOnlyList<(Target Target, Expression Value)> variables, Block body) : Statement(position)
{
    public override Flow Execute(RenderState state)
    {
        Scope scope = body.NewScope(state.Scope);
        Value[] values = [.. variables.Select(variable => variable.Value.Evaluate(state))];
        for (int i = 0; i < values.Length; i++)
            variables[i].Target.Assign(values[i], scope, state);
        return body.ExecuteIn(scope, state);
    }
}

/// <summary>{% block name %}: without inheritance, what stands in it. Only a scoped one sees the variables of loops around it.</summary>
internal sealed class BlockStatement(int position, bool isScoped, Block body) : Statement(position)
{
    public override Flow Execute(RenderState state) => body.ExecuteIn(body.NewScope(isScoped ? state.Scope : state.Root), state);
}

/// <summary>{% generation %}: what a model is to write. As in transformers, its variables are its own.</summary>
internal sealed class GenerationStatement(int position, Block body) : Statement(position)
{
    public override Flow Execute(RenderState state)
    {
        Origin outer = state.Place;
        state.Place = outer with { Generated = state.HasMessages };
        body.ExecuteIn(body.NewScope(state.Scope), state);
        state.Place = state.Place with { Generated = outer.Generated };
        return Flow.Next;
    }
}

/// <summary>{% break %} and {% continue %}.</summary>
internal sealed class JumpStatement(int position, Flow flow) : Statement(position)
{
    public override Flow Execute(RenderState state) => flow;
}
