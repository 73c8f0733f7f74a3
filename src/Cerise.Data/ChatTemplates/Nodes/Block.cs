using Cerise.Data.ChatTemplates.Running;
using Cerise.Data.ChatTemplates.Syntax;
using Cerise.Data.ChatTemplates.Text;
using Cerise.Data.ChatTemplates.Values;

namespace Cerise.Data.ChatTemplates.Nodes;

/// <summary>Statements in order.</summary>
/// <param name="statements">The statements.</param>
/// <param name="names">The names of the scope that they share, which may be that of the statements around.</param>
internal sealed class Block(IReadOnlyList<Statement> statements, FrameNames names)
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

    /// <summary>A scope for the statements.</summary>
    public Scope NewScope(Scope around)
    {
        var scope = new Scope(around);
        Prepare(scope);
        return scope;
    }

    /// <summary>Makes the names undefined that the statements set before they read them.</summary>
    public void Prepare(Scope scope)
    {
        foreach (string name in names.Unset)
            scope.Set(name, UndefinedValue.Name(name));
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
