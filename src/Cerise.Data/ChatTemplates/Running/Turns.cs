using Cerise.Data.ChatTemplates.Values;

namespace Cerise.Data.ChatTemplates.Running;

/// <summary>Which message a loop is about.</summary>
internal static class Turns
{
    /// <summary>Begins an iteration: what it writes belongs to the message that it is about.</summary>
    public static void Begin(Value item, RenderState state)
    {
        if (state.IsTurnHeld)
            return;
        if (item is DictValue { MessageIndex: >= 0 } message)
        {
            state.Place = state.Place with { Turn = message.MessageIndex };
            state.IndexLoop = null;
        }
        else if (state.HasMessages && state.Place.Turn < 0 && item is IntegerValue && Numbers.TryIndex(item, out int index))
            state.IndexLoop = new IndexLoop(index, state.Output, state.Output.Length);
    }

    /// <summary>A message is looked up by its number: the iteration of the innermost loop over numbers is about it where that is its number.</summary>
    public static void Read(DictValue message, RenderState state)
    {
        if (state.IndexLoop is not { } loop || loop.Index != message.MessageIndex)
            return;
        loop.Output.ClaimFrom(loop.Start, loop.Index);
        state.Place = state.Place with { Turn = loop.Index };
        state.IndexLoop = null;
    }
}
