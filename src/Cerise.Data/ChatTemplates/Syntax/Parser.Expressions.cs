using System.Numerics;
using Cerise.Data.ChatTemplates.Nodes;
using Cerise.Data.ChatTemplates.Text;
using Cerise.Data.ChatTemplates.Values;

namespace Cerise.Data.ChatTemplates.Syntax;

/// <summary>Expressions, from the operators that bind least to those that bind most.</summary>
internal sealed partial class Parser
{
    private static readonly string[] Sums = ["+", "-"];
    private static readonly string[] Products = ["*", "/", "//", "%"];
    private static readonly string[] Powers = ["**"];

    private Expression ParseExpression(bool withCondition = true)
    {
        Enter();
        Expression expression = withCondition ? ParseConditional() : ParseOr();
        Leave();
        return expression;
    }

    private Expression ParseConditional()
    {
        int unknown = _unknown.Count;
        Expression then = ParseOr();
        while (Current.IsName("if"))
        {
            int position = Next().Position;
            Expression condition = ParseOr();
            Expression? otherwise = null;
            if (SkipName("else"))
            {
                Enter();
                otherwise = ParseConditional();
                Leave();
            }
            then = Over(new ConditionalExpression(position, condition, then, otherwise), condition, then, otherwise);
            // What a condition may skip is looked for only when it is reached.
            _unknown.RemoveRange(unknown, _unknown.Count - unknown);
        }
        return then;
    }

    private Expression ParseOr() => ParseLogic("or", ParseAnd, isAnd: false);

    private Expression ParseAnd() => ParseLogic("and", ParseNot, isAnd: true);

    private Expression ParseLogic(string word, Func<Expression> parseOperand, bool isAnd)
    {
        Expression first = parseOperand();
        if (!Current.IsName(word))
            return first;
        int position = Current.Position;
        List<Expression> operands = [first];
        while (SkipName(word))
            operands.Add(parseOperand());
        return Over(new LogicExpression(position, operands, isAnd), [.. operands]);
    }

    private Expression ParseNot()
    {
        if (!Current.IsName("not"))
            return ParseComparison();
        int position = Next().Position;
        Enter();
        Expression operand = ParseNot();
        Leave();
        return Over(new NotExpression(position, operand), operand);
    }

    private Expression ParseComparison()
    {
        Expression first = ParseSum();
        List<(string, Expression, int)>? rest = null;
        while (ComparisonSymbol() is { } symbol)
        {
            int position = Next().Position;
            if (symbol == "not in")
                Next();
            (rest ??= []).Add((symbol, ParseSum(), position));
        }
        return rest is null ? first
            : Over(new CompareExpression(first.Position, first, rest), [first, .. rest.Select(pair => pair.Item2)]);
    }

    private string? ComparisonSymbol() => Current switch
    {
        { Kind: TokenKind.Operator, Text: "==" or "!=" or "<" or "<=" or ">" or ">=" } => Current.Text,
        { Kind: TokenKind.Name, Text: "in" } => "in",
        { Kind: TokenKind.Name, Text: "not" } when Ahead.IsName("in") => "not in",
        _ => null,
    };

    private Expression ParseSum() => ParseArithmetic(Sums, ParseConcatenation);

    private Expression ParseProduct() => ParseArithmetic(Products, ParsePower);

    private Expression ParsePower() => ParseArithmetic(Powers, () => ParseUnary());

    private Expression ParseArithmetic(string[] symbols, Func<Expression> parseOperand)
    {
        Expression first = parseOperand();
        List<(string, Expression, int)>? rest = null;
        while (Current.Kind == TokenKind.Operator && symbols.Contains(Current.Text))
        {
            Token symbol = Next();
            (rest ??= []).Add((symbol.Text, parseOperand(), symbol.Position));
        }
        return rest is null ? first
            : Over(new ArithmeticExpression(first.Position, first, rest), [first, .. rest.Select(pair => pair.Item2)]);
    }

    private Expression ParseConcatenation()
    {
        Expression first = ParseProduct();
        if (!Current.IsOperator("~"))
            return first;
        List<Expression> parts = [first];
        while (Skip("~"))
            parts.Add(ParseProduct());
        return Over(new ConcatExpression(first.Position, parts), [.. parts]);
    }

    private Expression ParseUnary(bool withFilter = true)
    {
        Expression node;
        if (Current is { Kind: TokenKind.Operator, Text: "-" or "+" })
        {
            Token sign = Next();
            Enter();
            Expression operand = ParseUnary(withFilter: false);
            Leave();
            node = Over(new SignExpression(sign.Position, operand, sign.Text == "-"), operand);
        }
        else
            node = ParsePrimary();
        node = ParsePostfix(node);
        return withFilter ? ParseFiltersAndTests(node) : node;
    }

    private Expression ParsePrimary()
    {
        Token token = Current;
        switch (token.Kind)
        {
            case TokenKind.Name:
                Next();
                return token.Text switch
                {
                    "true" or "True" => new ConstantExpression(token.Position, BooleanValue.True),
                    "false" or "False" => new ConstantExpression(token.Position, BooleanValue.False),
                    "none" or "None" => new ConstantExpression(token.Position, NoneValue.Instance),
                    _ => UseName(token),
                };
            case TokenKind.String:
                return ParseStrings();
            case TokenKind.Integer:
                Next();
                return new ConstantExpression(token.Position, IntegerValue.Of(ReadInteger(token)));
            case TokenKind.Float:
                Next();
                return new ConstantExpression(token.Position, new FloatValue(PythonFloat.Parse(token.Text)!.Value));
            case TokenKind.Operator when token.Text == "(":
                Next();
                Expression inner = ParseTuple(withParentheses: true);
                Expect(")");
                return inner;
            case TokenKind.Operator when token.Text == "[":
                return ParseList();
            case TokenKind.Operator when token.Text == "{":
                return ParseDict();
            default:
                throw Fault($"unexpected '{token.Description}'");
        }
    }

    private NameExpression UseName(Token token)
    {
        _namesUsed.Add(token.Text);
        _names.Read(token.Text);
        return new NameExpression(token.Position, token.Text);
    }

    private ConstantExpression ParseStrings()
    {
        Token first = Next();
        if (Current.Kind != TokenKind.String)
            return new ConstantExpression(first.Position, new StringValue(first.Text));
        var text = new System.Text.StringBuilder(first.Text);
        while (Current.Kind == TokenKind.String)
            text.Append(Next().Text);
        return new ConstantExpression(first.Position, new StringValue(text.ToString()));
    }

    private BigInteger ReadInteger(Token token) =>
        PythonInteger.Parse(token.Text, 0) ?? throw Fault("Exceeds the limit (4300 digits) for integers", token.Position);

    private SequenceExpression ParseList()
    {
        int position = Next().Position;
        List<Expression> items = [];
        while (!Current.IsOperator("]"))
        {
            if (items.Count > 0)
                Expect(",");
            if (Current.IsOperator("]"))
                break;
            items.Add(ParseExpression());
        }
        Expect("]");
        return Over(new SequenceExpression(position, items, isTuple: false), [.. items]);
    }

    private DictExpression ParseDict()
    {
        int position = Next().Position;
        List<(Expression Key, Expression Value)> items = [];
        while (!Current.IsOperator("}"))
        {
            if (items.Count > 0)
                Expect(",");
            if (Current.IsOperator("}"))
                break;
            Expression key = ParseExpression();
            Expect(":");
            items.Add((key, ParseExpression()));
        }
        Expect("}");
        return Over(new DictExpression(position, items), [.. items.SelectMany(item => new[] { item.Key, item.Value })]);
    }

    /// <summary>One expression, or several with commas between them.</summary>
    private Expression ParseTuple(bool withCondition = true, bool withParentheses = false)
    {
        int position = Current.Position;
        List<Expression> items = [];
        bool isTuple = false;
        while (true)
        {
            if (items.Count > 0)
                Expect(",");
            if (Current.Kind is TokenKind.PrintEnd or TokenKind.TagEnd || Current.IsOperator(")") || Current.IsName("recursive"))
                break;
            items.Add(ParseExpression(withCondition));
            if (!Current.IsOperator(","))
                break;
            isTuple = true;
        }
        if (!isTuple && items.Count == 1)
            return items[0];
        if (!isTuple && !withParentheses)
            throw Fault($"Expected an expression, got '{Current.Description}'");
        return Over(new SequenceExpression(position, items, isTuple: true), [.. items]);
    }
}
