namespace Cerise.Data;

/// <summary>A run of characters of a rendered conversation that come from the same place.</summary>
/// <remarks>
/// What an assistant writes is, of its turn, everything from the first character of its message's data on: the data, and what the template puts after it,
/// such as the end-of-turn token.
/// </remarks>
/// <param name="Start">The first character, in UTF-16 units.</param>
/// <param name="Length">How many.</param>
/// <param name="Turn">
/// Index of the message whose loop iteration wrote them; -1 outside of loops over messages: preamble, tools, and the generation prompt.
/// </param>
/// <param name="Message">
/// Index of the message whose data they are (content, reasoning, tool calls; not its role or name), wherever the template put them; -1 for the template's
/// own text.
/// </param>
/// <param name="Generated">Whether they stand inside <c>{% generation %}</c>.</param>
public readonly record struct TextOrigin(int Start, int Length, int Turn, int Message, bool Generated);
