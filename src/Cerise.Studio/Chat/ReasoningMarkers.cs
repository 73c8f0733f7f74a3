namespace Cerise.Studio.Chat;

/// <summary>The texts a model puts around its thinking.</summary>
/// <param name="Open">Before it.</param>
/// <param name="Close">After it.</param>
internal sealed record ReasoningMarkers(string Open, string Close)
{
    /// <summary>What most models write, and those without a template.</summary>
    public static ReasoningMarkers Usual { get; } = new("<think>", "</think>");

    private static readonly ReasoningMarkers[] Others = [new("[THINK]", "[/THINK]"), new("<seed:think>", "</seed:think>")];

    /// <summary>The markers of a chat template: those it writes, else the usual ones.</summary>
    /// <param name="template">The template's source.</param>
    public static ReasoningMarkers Of(string template) =>
        Others.FirstOrDefault(markers => template.Contains(markers.Close, StringComparison.Ordinal)) ?? Usual;
}
