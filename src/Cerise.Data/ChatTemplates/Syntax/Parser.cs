using System.Runtime.CompilerServices;
using Cerise.Data.ChatTemplates.Nodes;

namespace Cerise.Data.ChatTemplates.Syntax;

/// <summary>Tokens to nodes: what statements and expressions share.</summary>
internal sealed partial class Parser
{
    /// <summary>Levels of statements and expressions within each other; deeper templates are refused before the stack is.</summary>
    private const int MaxDepth = 200;

    private readonly List<Token> _tokens;
    private readonly List<Expression> _unknown = [];                       // filters and tests that do not exist, where nothing may skip them
    private readonly HashSet<string> _namesUsed = new(StringComparer.Ordinal);
    private FrameNames _names = new(null);                                 // of the innermost scope
    private int _at;
    private int _depth;
    private int _loops;                                                    // loops around, within the innermost macro
    private bool _isSkippable;                                             // within an if of the innermost scope

    private Parser(List<Token> tokens) => _tokens = tokens;

    /// <summary>Whether a generation block was met.</summary>
    private bool HasGeneration { get; set; }

    /// <summary>Parses a template.</summary>
    /// <exception cref="TemplateFault">It is not well-formed.</exception>
    public static (Block Body, bool HasGeneration) Parse(List<Token> tokens)
    {
        var parser = new Parser(tokens);
        FrameNames root = parser._names;
        Block body = parser.ParseBody([]);
        root.Resolve();
        if (parser._unknown.Count > 0)
            throw new TemplateFault(parser._unknown[0] is FilterExpression filter ? $"No filter named '{filter.Name}'." : $"No test named '{((TestExpression)parser._unknown[0]).Name}'.")
            { Position = parser._unknown[0].Position };
        return (body, parser.HasGeneration);
    }

    private Token Current => _tokens[_at];

    private Token Next() => _tokens[_at].Kind == TokenKind.End ? _tokens[_at] : _tokens[_at++];

    private Token Ahead => _tokens[Math.Min(_at + 1, _tokens.Count - 1)];

    private bool Skip(string symbol)
    {
        if (!Current.IsOperator(symbol))
            return false;
        _at++;
        return true;
    }

    private bool SkipName(string name)
    {
        if (!Current.IsName(name))
            return false;
        _at++;
        return true;
    }

    private Token Expect(TokenKind kind, string description) => Current.Kind == kind ? Next() : throw Unexpected(description);

    private void Expect(string symbol)
    {
        if (!Skip(symbol))
            throw Unexpected(symbol);
    }

    private void ExpectName(string name)
    {
        if (!SkipName(name))
            throw Unexpected(name);
    }

    private TemplateFault Unexpected(string expected) => Fault(Current.Kind == TokenKind.End
        ? $"unexpected end of template, expected '{expected}'."
        : $"expected token '{expected}', got '{Current.Description}'");

    private TemplateFault Fault(string message, int? position = null) => new(message) { Position = position ?? Current.Position };

    /// <summary>Goes one level down; pairs with <see cref="Leave"/>.</summary>
    private void Enter()
    {
        if (++_depth > MaxDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw Fault($"the template is nested deeper than {MaxDepth} levels");
    }

    private void Leave() => _depth--;

    /// <summary>Notes how deep an expression has become by taking others in.</summary>
    private T Over<T>(T node, params ReadOnlySpan<Expression?> parts)
        where T : Expression
    {
        int deepest = 0;
        foreach (Expression? part in parts)
            deepest = Math.Max(deepest, part?.Depth ?? 0);
        node.Depth = deepest + 1;
        return node.Depth <= MaxDepth ? node : throw Fault($"the expression is nested deeper than {MaxDepth} levels", node.Position);
    }
}
