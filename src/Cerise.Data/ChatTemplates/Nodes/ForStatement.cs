using System.Runtime.CompilerServices;
using Cerise.Data.ChatTemplates.Running;
using Cerise.Data.ChatTemplates.Text;
using Cerise.Data.ChatTemplates.Values;

namespace Cerise.Data.ChatTemplates.Nodes;

/// <summary>{% for %} with its filter, its {% else %} and, where it is recursive, loop(...).</summary>
internal sealed class ForStatement(
    int position, Target target, Expression source, Expression? filter, bool isRecursive, Block body, Block? otherwise) : Statement(position)
{
    public override Flow Execute(RenderState state)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        Value items = source.Evaluate(state);
        state.Position = Position;
        Run(items, 0, state.Scope, state);
        return Flow.Next;
    }

    private void Run(Value items, int depth, Scope around, RenderState state)
    {
        (Scope outer, Origin place, IndexLoop? indexLoop) = (state.Scope, state.Place, state.IndexLoop);
        IEnumerable<Value> passed = state.Items(items);
        var loop = new LoopValue(filter is null ? passed : Filtered(passed, around, state), filter is null ? items.Length : null, depth,
            isRecursive ? (inner, level) => Recurse(inner, level, around, state) : null);
        bool completed = false;
        while (loop.MoveNext())
        {
            Scope scope = body.NewScope(around);
            target.Assign(loop.Current, scope, state);
            scope.Set("loop", loop);
            state.Scope = scope;
            Turns.Begin(loop.Current, state);
            Flow flow = body.Execute(state);
            (state.Scope, state.Place, state.IndexLoop) = (outer, place, indexLoop);
            if (flow == Flow.Break)
                break;
            completed |= flow == Flow.Next;
        }
        // As in jinja2, an iteration that is left by break or continue counts as none.
        if (!completed)
            otherwise?.ExecuteIn(otherwise.NewScope(around), state);
    }

    private IEnumerable<Value> Filtered(IEnumerable<Value> items, Scope around, RenderState state)
    {
        foreach (Value item in items)
        {
            Scope outer = state.Scope;
            state.Scope = new Scope(around);
            target.Assign(item, state.Scope, state);
            bool passes = filter!.Evaluate(state).IsTrue;
            state.Scope = outer;
            if (passes)
                yield return item;
        }
    }

    private StringValue Recurse(Value items, int depth, Scope around, RenderState state)
    {
        state.Enter();
        TextBuffer outer = state.Output;
        state.Output = new TextBuffer(state);
        Run(items, depth, around, state);
        StringValue text = state.Output.ToValue();
        state.Output = outer;
        state.Leave();
        return text;
    }
}
