namespace Cerise.Data.Grammars;

/// <summary>A place in a completion: a node, and the places to return to. Equal ones are one object.</summary>
/// <param name="node">The node.</param>
/// <param name="below">Where to return to; null from the whole grammar.</param>
internal sealed class Frame(int node, Frame? below)
{
    public int Node => node;

    public Frame? Below => below;
}
