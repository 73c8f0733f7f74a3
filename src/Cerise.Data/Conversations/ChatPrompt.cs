namespace Cerise.Data.Conversations;

/// <summary>What a model is given to answer.</summary>
/// <param name="Text">The rendered text, up to where the answer begins.</param>
/// <param name="Ids">Its tokens.</param>
public sealed record ChatPrompt(string Text, IReadOnlyList<int> Ids);
