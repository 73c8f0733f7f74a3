namespace Cerise.Data.Inference;

/// <summary>Why a completion ended.</summary>
public enum EngineFinish
{
    /// <summary>An end token, a stop string, or a grammar that was complete.</summary>
    Stop,

    /// <summary>The limit of new tokens, or of the context.</summary>
    Length,
}
