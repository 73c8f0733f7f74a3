using Cerise.Data.ChatTemplates.Running;
using Cerise.Data.ChatTemplates.Values;

namespace Cerise.Data.ChatTemplates.Nodes;

/// <summary>A part of a parsed template. Nodes never change, so one template serves many renderings at once.</summary>
/// <param name="position">Where it begins in the source.</param>
internal abstract class Node(int position)
{
    public int Position { get; } = position;
}

/// <summary>What has a value.</summary>
internal abstract class Expression(int position) : Node(position)
{
    /// <summary>Levels of expressions within it: evaluation recurses as deep.</summary>
    public int Depth { get; set; }

    public abstract Value Evaluate(RenderState state);
}

/// <summary>What is done.</summary>
internal abstract class Statement(int position) : Node(position)
{
    public abstract Flow Execute(RenderState state);
}

/// <summary>How a statement ended.</summary>
internal enum Flow
{
    /// <summary>The next one follows.</summary>
    Next,

    /// <summary>The innermost loop goes on with its next item.</summary>
    Continue,

    /// <summary>The innermost loop ends.</summary>
    Break,
}
