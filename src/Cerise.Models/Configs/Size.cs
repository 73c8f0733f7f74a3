namespace Cerise.Models.Configs;

/// <summary>A size of a tensor, and where it comes from.</summary>
/// <param name="Count">How many channels or rows.</param>
/// <param name="Reason">For messages: <c>4 kv heads of 64</c>.</param>
internal readonly record struct Size(long Count, string Reason);
