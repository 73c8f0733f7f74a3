using Cerise.Data.ChatTemplates.Running;
using Cerise.Data.ChatTemplates.Text;
using Cerise.Data.ChatTemplates.Values;

namespace Cerise.Data.ChatTemplates.Nodes;

/// <summary>Statements in order.</summary>
internal sealed class Block(IReadOnlyList<Statement> statements)
{
    private readonly Statement[] _statements = [.. statements];

    public Flow Execute(RenderState state)
    {
        foreach (Statement statement in _statements)
        {
            state.Step();
            state.Position = statement.Position;
            Flow flow = statement.Execute(state);
            if (flow != Flow.Next)
                return flow;
        }
        return Flow.Next;
    }

    /// <summary>Executes the statements with variables of their own.</summary>
    public Flow ExecuteIn(Scope scope, RenderState state)
    {
        Scope outer = state.Scope;
        state.Scope = scope;
        Flow flow = Execute(state);
        state.Scope = outer;
        return flow;
    }

    /// <summary>Executes the statements with variables of their own and gives what they wrote instead of writing it.</summary>
    public Flow Capture(Scope scope, RenderState state, out StringValue text)
    {
        TextBuffer outer = state.Output;
        state.Output = new TextBuffer(state);
        Flow flow = ExecuteIn(scope, state);
        text = state.Output.ToValue();
        state.Output = outer;
        return flow;
    }
}
