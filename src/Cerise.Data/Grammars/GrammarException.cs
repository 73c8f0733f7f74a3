namespace Cerise.Data.Grammars;

/// <summary>A grammar, such as a JSON schema, that cannot be kept to: the one exception for every such fault.</summary>
public sealed class GrammarException : Exception
{
    /// <param name="path">Where in the grammar, as a JSON pointer such as <c>#/properties/age</c>; empty for the whole.</param>
    /// <param name="message">What is wrong and how to fix it.</param>
    public GrammarException(string path, string message)
        : base(MessageText.Bounded(path.Length == 0 ? message : $"{path}: {message}")) => Path = path;

    /// <summary>Where in the grammar, as a JSON pointer.</summary>
    public string Path { get; }
}
