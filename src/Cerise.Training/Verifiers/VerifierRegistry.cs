namespace Cerise.Training.Verifiers;

/// <summary>The verifiers by kind: the built-in ones, and those that user code adds.</summary>
public sealed class VerifierRegistry
{
    private readonly SortedDictionary<string, Func<VerifierSettings, IVerifier>> _kinds = new(StringComparer.Ordinal)
    {
        ["gsm8k"] = settings => new NumberVerifier(settings.Lenient),
        ["format"] = settings => new FormatVerifier(settings.Mode),
        ["countdown"] = settings => new CountdownVerifier(settings.UseAll, settings.Lenient),
        ["pattern"] = _ => new PatternVerifier(),
        ["text"] = settings => new TextVerifier(settings.Lenient),
        ["text_f1"] = settings => new TextF1Verifier(settings.Lenient),
    };

    /// <summary>The known kinds, sorted.</summary>
    public IReadOnlyCollection<string> Kinds => _kinds.Keys;

    /// <summary>Adds a kind, or replaces a built-in one.</summary>
    public void Register(string kind, Func<VerifierSettings, IVerifier> factory)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(kind);
        ArgumentNullException.ThrowIfNull(factory);
        _kinds[kind] = factory;
    }

    /// <summary>Makes a verifier.</summary>
    /// <exception cref="VerifierException">The kind is unknown; the message lists the known ones.</exception>
    public IVerifier Create(string kind, VerifierSettings? settings = null) => _kinds.TryGetValue(kind, out Func<VerifierSettings, IVerifier>? factory)
        ? factory(settings ?? new VerifierSettings())
        : throw new VerifierException($"no verifier of kind '{kind}'. Known kinds: {string.Join(", ", _kinds.Keys)}.");
}
