using Cerise.Data.ChatTemplates.Nodes;

namespace Cerise.Data.ChatTemplates.Syntax;

/// <summary>What follows a value: attributes, items, calls, filters and tests.</summary>
internal sealed partial class Parser
{
    private Expression ParsePostfix(Expression node)
    {
        while (Current.Kind == TokenKind.Operator)
            switch (Current.Text)
            {
                case ".":
                    node = ParseAttribute(node);
                    break;
                case "[":
                    node = ParseItem(node);
                    break;
                case "(":
                    node = ParseCall(node);
                    break;
                default:
                    return node;
            }
        return node;
    }

    private Expression ParseFiltersAndTests(Expression node)
    {
        while (true)
        {
            if (Current.IsOperator("|"))
                node = ParseFilters(node);
            else if (Current.IsName("is"))
                node = ParseTest(node);
            else if (Current.IsOperator("("))
                node = ParseCall(node);
            else
                return node;
        }
    }

    private Expression ParseAttribute(Expression owner)
    {
        int position = Next().Position;
        Token name = Next();
        return name.Kind switch
        {
            TokenKind.Name => Over(new AttributeExpression(position, owner, name.Text), owner),
            TokenKind.Integer => Over(
                new ItemExpression(position, owner, new ConstantExpression(name.Position, Values.IntegerValue.Of(ReadInteger(name)))), owner),
            _ => throw Fault("expected name or number", name.Position),
        };
    }

    private ItemExpression ParseItem(Expression owner)
    {
        int position = Next().Position;
        List<Expression> keys = [];
        while (!Current.IsOperator("]"))
        {
            if (keys.Count > 0)
                Expect(",");
            keys.Add(ParseSubscript());
        }
        Expect("]");
        Expression key = keys.Count == 1 ? keys[0] : Over(new SequenceExpression(position, keys, isTuple: true), [.. keys]);
        return Over(new ItemExpression(position, owner, key), owner, key);
    }

    private Expression ParseSubscript()
    {
        int position = Current.Position;
        Expression? start = null;
        if (!Current.IsOperator(":"))
        {
            start = ParseExpression();
            if (!Current.IsOperator(":"))
                return start;
        }
        Expect(":");
        Expression? stop = EndsSubscript() || Current.IsOperator(":") ? null : ParseExpression();
        Expression? step = Skip(":") && !EndsSubscript() ? ParseExpression() : null;
        return Over(new SliceExpression(position, start, stop, step), start, stop, step);
    }

    private bool EndsSubscript() => Current.IsOperator("]") || Current.IsOperator(",");

    private CallExpression ParseCall(Expression callee)
    {
        int position = Current.Position;
        CallArguments arguments = ParseArguments();
        return Over(new CallExpression(position, callee, arguments), [callee, .. arguments.Expressions]);
    }

    private CallArguments ParseArguments()
    {
        int position = Current.Position;
        Expect("(");
        List<Expression> positional = [];
        List<(string, Expression)> named = [];
        Expression? star = null, doubleStar = null;
        bool first = true;
        while (!Current.IsOperator(")"))
        {
            if (!first)
            {
                Expect(",");
                if (Current.IsOperator(")"))
                    break;
            }
            first = false;
            if (Current.IsOperator("*") && star is null && doubleStar is null)
            {
                Next();
                star = ParseExpression();
            }
            else if (Current.IsOperator("**") && doubleStar is null)
            {
                Next();
                doubleStar = ParseExpression();
            }
            else if (Current.Kind == TokenKind.Name && Ahead.IsOperator("=") && doubleStar is null)
            {
                string name = Next().Text;
                Next();
                named.Add((name, ParseExpression()));
            }
            else if (star is null && doubleStar is null && named.Count == 0)
                positional.Add(ParseExpression());
            else
                throw Fault("invalid syntax for function call expression", position);
        }
        Expect(")");
        return new CallArguments(positional, named, star, doubleStar);
    }

    /// <summary>One filter after the other, each after its '|'.</summary>
    private Expression ParseFilters(Expression node)
    {
        while (Skip("|"))
            node = ParseFilter(node);
        return node;
    }

    private FilterExpression ParseFilter(Expression input)
    {
        int position = Current.Position;
        string name = ParseDottedName();
        CallArguments arguments = Current.IsOperator("(") ? ParseArguments() : CallArguments.None;
        FilterExpression filter = Over(new FilterExpression(position, input, name, arguments), [input, .. arguments.Expressions]);
        if (!filter.IsKnown && !_isSkippable)
            _unknown.Add(filter);
        return filter;
    }

    private Expression ParseTest(Expression subject)
    {
        Next();
        bool negated = SkipName("not");
        int position = Current.Position;
        string name = ParseDottedName();
        CallArguments arguments = CallArguments.None;
        if (Current.IsOperator("("))
            arguments = ParseArguments();
        else if (BeginsArgument())
        {
            if (Current.IsName("is"))
                throw Fault("You cannot chain multiple tests with is");
            Enter();
            arguments = arguments with { Positional = [ParsePostfix(ParsePrimary())] };
            Leave();
        }
        TestExpression test = Over(new TestExpression(position, subject, name, arguments), [subject, .. arguments.Expressions]);
        if (!test.IsKnown && !_isSkippable)
            _unknown.Add(test);
        return negated ? Over(new NotExpression(position, test), test) : test;
    }

    private bool BeginsArgument() => Current switch
    {
        { Kind: TokenKind.Name } => Current.Text is not ("else" or "or" or "and"),
        { Kind: TokenKind.String or TokenKind.Integer or TokenKind.Float } => true,
        _ => Current.IsOperator("[") || Current.IsOperator("{"),
    };

    private string ParseDottedName()
    {
        string name = Expect(TokenKind.Name, "name").Text;
        while (Skip("."))
            name += "." + Expect(TokenKind.Name, "name").Text;
        return name;
    }
}
