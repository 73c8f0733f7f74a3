using Cerise.Data.ChatTemplates.Running;
using Cerise.Data.ChatTemplates.Text;
using Cerise.Data.ChatTemplates.Values;

namespace Cerise.Data.ChatTemplates.Nodes;

/// <summary>Text outside of tags.</summary>
internal sealed class DataStatement(int position, string text) : Statement(position)
{
    public override Flow Execute(RenderState state)
    {
        state.Output.Append(text, state.Place);
        return Flow.Next;
    }
}

/// <summary>{{ expression }}.</summary>
internal sealed class PrintStatement(int position, Expression expression) : Statement(position)
{
    public override Flow Execute(RenderState state)
    {
        Value value = expression.Evaluate(state);
        state.Position = Position;
        state.Output.Append(value as StringValue ?? PythonText.ToText(value, state), state.Place);
        return Flow.Next;
    }
}
