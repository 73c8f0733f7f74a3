namespace Cerise.Models.Generation;

/// <summary>Told what a <see cref="GenerationLoop"/> makes, on its thread.</summary>
internal interface IGenerationListener
{
    /// <summary>A token was drawn: the newest of the sequence.</summary>
    public void Drawn(RunningSequence sequence);

    /// <summary>A sequence has ended by itself, after its last token was told.</summary>
    public void Ended(RunningSequence sequence);
}
