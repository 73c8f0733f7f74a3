namespace Cerise.Data;

/// <summary>A tokenizer cannot be read, made or saved. The message says what is wrong, in which file and where in it.</summary>
public sealed class TokenizerException : Exception
{
    /// <summary>Makes the exception from its complete message.</summary>
    public TokenizerException(string message, Exception? inner = null)
        : base(MessageText.Bounded(message), inner)
    {
    }

    /// <summary>Makes the exception for a file; the message begins with its path.</summary>
    public TokenizerException(string file, string message, Exception? inner = null)
        : base(MessageText.Bounded($"{file}: {message}"), inner) => File = file;

    /// <summary>The file at fault, or null where there is none.</summary>
    public string? File { get; }
}
