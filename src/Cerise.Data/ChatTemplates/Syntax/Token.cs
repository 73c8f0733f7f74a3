namespace Cerise.Data.ChatTemplates.Syntax;

internal enum TokenKind
{
    /// <summary>Text outside of tags.</summary>
    Data,

    /// <summary>The opening of an expression.</summary>
    PrintBegin,

    /// <summary>The end of an expression.</summary>
    PrintEnd,

    /// <summary>The opening of a statement.</summary>
    TagBegin,

    /// <summary>The end of a statement.</summary>
    TagEnd,

    Name,
    String,
    Integer,
    Float,
    Operator,

    /// <summary>The end of the template.</summary>
    End,
}

/// <summary>One token.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text; of a string, what it stands for.</param>
/// <param name="Position">Where it begins in the source.</param>
internal readonly record struct Token(TokenKind Kind, string Text, int Position)
{
    public bool IsOperator(string symbol) => Kind == TokenKind.Operator && Text == symbol;

    public bool IsName(string name) => Kind == TokenKind.Name && Text == name;

    /// <summary>What messages call it.</summary>
    public string Description => Kind switch
    {
        TokenKind.Data => "text",
        TokenKind.PrintBegin => "begin of print statement",
        TokenKind.PrintEnd => "end of print statement",
        TokenKind.TagBegin => "begin of statement block",
        TokenKind.TagEnd => "end of statement block",
        TokenKind.End => "end of template",
        TokenKind.String => "string",
        _ => Text.Length <= 40 ? Text : $"{Text.AsSpan(0, 37)}...",
    };
}
