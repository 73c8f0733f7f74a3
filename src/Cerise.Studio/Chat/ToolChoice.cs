namespace Cerise.Studio.Chat;

/// <summary>Whether the model may or must call a function.</summary>
internal enum ToolChoiceKind
{
    /// <summary>The model decides.</summary>
    Auto,

    /// <summary>It answers without calls.</summary>
    None,

    /// <summary>It calls one or more of the functions.</summary>
    Required,

    /// <summary>It calls the function that is named.</summary>
    Named,
}

/// <summary>Whether the model may or must call a function, and which.</summary>
/// <param name="Kind">Whether.</param>
/// <param name="Name">Which, for <see cref="ToolChoiceKind.Named"/>.</param>
internal readonly record struct ToolChoice(ToolChoiceKind Kind, string? Name = null)
{
    /// <summary>Whether the answer must be a call.</summary>
    public bool IsForced => Kind is ToolChoiceKind.Required or ToolChoiceKind.Named;
}
