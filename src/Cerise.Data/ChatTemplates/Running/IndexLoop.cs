using Cerise.Data.ChatTemplates.Text;

namespace Cerise.Data.ChatTemplates.Running;

/// <summary>
/// An iteration of a loop over numbers, such as <c>for i in range(messages|length)</c>. Its turn is the message at its own number, from the moment when
/// the template reads that message; what the iteration wrote before becomes part of the turn then.
/// </summary>
/// <param name="Index">The loop variable.</param>
/// <param name="Output">Where the iteration writes.</param>
/// <param name="Start">Where it began.</param>
internal sealed record IndexLoop(int Index, TextBuffer Output, int Start);
