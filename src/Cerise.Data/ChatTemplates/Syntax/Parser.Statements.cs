using Cerise.Data.ChatTemplates.Nodes;

namespace Cerise.Data.ChatTemplates.Syntax;

/// <summary>Statements.</summary>
internal sealed partial class Parser
{
    /// <summary>Text, expressions and statements up to a tag of one of the names, whose opening has been passed; up to the end where there are none.</summary>
    private Block ParseBody(string[] endNames)
    {
        Enter();
        List<Statement> statements = [];
        while (true)
        {
            Token token = Next();
            switch (token.Kind)
            {
                case TokenKind.Data:
                    statements.Add(new DataStatement(token.Position, token.Text));
                    break;
                case TokenKind.PrintBegin:
                    statements.Add(new PrintStatement(token.Position, ParseTuple()));
                    Expect(TokenKind.PrintEnd, "end of print statement");
                    break;
                case TokenKind.TagBegin:
                    if (Current.Kind == TokenKind.Name && endNames.Contains(Current.Text))
                    {
                        Leave();
                        return new Block(statements, _names);
                    }
                    statements.Add(ParseStatement(endNames));
                    Expect(TokenKind.TagEnd, "end of statement block");
                    break;
                default:
                    if (endNames.Length > 0)
                        throw Fault($"Unexpected end of template. Jinja was looking for the following tags: {Listed(endNames)}.");
                    Leave();
                    return new Block(statements, _names);
            }
        }
    }

    /// <summary>The rest of a tag, then what stands in it up to the tag that ends it, then that tag's name.</summary>
    private Block ParseBodyOf(out string end, params string[] endNames)
    {
        Skip(":");
        Expect(TokenKind.TagEnd, "end of statement block");
        Block body = ParseBody(endNames);
        end = Next().Text;
        return body;
    }

    private Block ParseBodyOf(string endName) => ParseBodyOf(out _, endName);

    /// <summary>What stands in a tag with variables of its own: whatever surrounds it, it is reached whenever the tag is.</summary>
    private Block ParseInner(string endName, bool isFunction, FrameNames? names = null)
    {
        (int loops, bool skippable, FrameNames outer) = (_loops, _isSkippable, _names);
        (_loops, _isSkippable, _names) = (isFunction ? 0 : loops, false, names ?? new FrameNames(outer));
        Block body = ParseBodyOf(endName);
        (_loops, _isSkippable, _names) = (loops, skippable, outer);
        return body;
    }

    private Statement ParseStatement(string[] endNames)
    {
        Token tag = Expect(TokenKind.Name, "tag name");
        switch (tag.Text)
        {
            case "if":
                return ParseIf(tag.Position);
            case "for":
                return ParseFor(tag.Position);
            case "set":
                return ParseSet(tag.Position);
            case "macro":
                return ParseMacro(tag.Position);
            case "call":
                return ParseCallBlock(tag.Position);
            case "filter":
                Expression filters = ParseFilters(ParseFilter(new CapturedExpression(tag.Position)));
                return new FilterBlockStatement(tag.Position, filters, ParseInner("endfilter", isFunction: false));
            case "with":
                return ParseWith(tag.Position);
            case "print":
                return ParsePrint(tag.Position);
            case "block":
                return ParseBlock(tag.Position);
            case "generation":
                HasGeneration = true;
                return new GenerationStatement(tag.Position, ParseInner("endgeneration", isFunction: true));
            case "break" or "continue":
                return _loops > 0 ? new JumpStatement(tag.Position, tag.Text == "break" ? Flow.Break : Flow.Continue)
                    : throw Fault($"'{tag.Text}' outside loop", tag.Position);
            case "autoescape":
                return ParseAutoescape(tag.Position);
            case "include" or "import" or "from" or "extends":
                throw Fault($"the tag '{tag.Text}' is not supported: a chat template is one file", tag.Position);
            default:
                string looked = endNames.Length == 0 ? "" : $" Jinja was looking for the following tags: {Listed(endNames)}.";
                throw Fault($"Encountered unknown tag '{tag.Description}'.{looked}", tag.Position);
        }
    }

    private IfStatement ParseIf(int position)
    {
        bool skippable = _isSkippable;
        _isSkippable = true;
        List<(Expression, Block)> branches = [];
        Block? otherwise = null;
        for (string end = "elif"; end == "elif";)
        {
            Expression condition = ParseTuple(withCondition: false);
            branches.Add((condition, ParseBodyOf(out end, "elif", "else", "endif")));
            if (end == "else")
                otherwise = ParseBodyOf("endif");
        }
        _isSkippable = skippable;
        return new IfStatement(position, branches, otherwise);
    }

    private ForStatement ParseFor(int position)
    {
        Target target = ParseTarget(withNamespace: false);
        ExpectName("in");
        Expression source = ParseTuple(withCondition: false);
        (bool skippable, FrameNames outer) = (_isSkippable, _names);
        (_isSkippable, _names) = (false, new FrameNames(outer));
        Expression? filter = SkipName("if") ? ParseExpression() : null;
        bool isRecursive = SkipName("recursive");
        _names = new FrameNames(outer);
        NoteSet(target);
        _loops++;
        Block body = ParseBodyOf(out string end, "endfor", "else");
        _loops--;
        _names = new FrameNames(outer);
        Block? otherwise = end == "else" ? ParseBodyOf("endfor") : null;
        (_isSkippable, _names) = (skippable, outer);
        return new ForStatement(position, target, source, filter, isRecursive, body, otherwise);
    }

    private Statement ParseSet(int position)
    {
        Target target = ParseTarget(withNamespace: true);
        if (Skip("="))
        {
            Expression value = ParseTuple();
            NoteSet(target);
            return new SetStatement(position, target, value);
        }
        NoteSet(target);
        Expression? filters = Current.IsOperator("|") ? ParseFilters(new CapturedExpression(position)) : null;
        return new SetBlockStatement(position, target, filters, ParseInner("endset", isFunction: false));
    }

    private MacroStatement ParseMacro(int position)
    {
        string name = Expect(TokenKind.Name, "name").Text;
        _names.Set(name, _isSkippable);
        var names = new FrameNames(_names);
        return new MacroStatement(position, ParseDefinition(name, ParseParameters(names), names, "endmacro"));
    }

    private CallBlockStatement ParseCallBlock(int position)
    {
        var names = new FrameNames(_names);
        List<(string, Expression?)> parameters = Current.IsOperator("(") ? ParseParameters(names) : [];
        if (ParseExpression() is not CallExpression call)
            throw Fault("expected call", position);
        return new CallBlockStatement(position, call, ParseDefinition(null, parameters, names, "endcall"));
    }

    private MacroDefinition ParseDefinition(string? name, List<(string, Expression?)> parameters, FrameNames names, string endName)
    {
        string[] outer = [.. _namesUsed];
        _namesUsed.Clear();
        foreach (string given in (ReadOnlySpan<string>)["caller", "varargs", "kwargs"])
            names.Set(given, perhaps: true);
        Block body = ParseInner(endName, isFunction: true, names);
        var definition = new MacroDefinition(
            name, parameters, body, _namesUsed.Contains("caller"), _namesUsed.Contains("varargs"), _namesUsed.Contains("kwargs"));
        _namesUsed.UnionWith(outer);
        return definition;
    }

    private List<(string Name, Expression? Default)> ParseParameters(FrameNames names)
    {
        FrameNames outer = _names;
        _names = names;
        List<(string Name, Expression? Default)> parameters = [];
        Expect("(");
        while (!Current.IsOperator(")"))
        {
            if (parameters.Count > 0)
                Expect(",");
            string name = Expect(TokenKind.Name, "name").Text;
            Expression? byDefault = Skip("=") ? ParseExpression() : null;
            if (byDefault is null && parameters.Count > 0 && parameters[^1].Default is not null)
                throw Fault("non-default argument follows default argument");
            if (parameters.Any(parameter => parameter.Name == name))
                throw Fault($"duplicate argument '{name}'");
            parameters.Add((name, byDefault));
            names.Set(name, perhaps: true);
        }
        Expect(")");
        _names = outer;
        return parameters;
    }

    private WithStatement ParseWith(int position)
    {
        List<(Target, Expression)> variables = [];
        while (Current.Kind != TokenKind.TagEnd)
        {
            if (variables.Count > 0)
                Expect(",");
            Target target = ParseTarget(withNamespace: false);
            Expect("=");
            variables.Add((target, ParseExpression()));
        }
        var names = new FrameNames(_names);
        foreach ((Target target, _) in variables)
            NoteSet(target, names);
        return new WithStatement(position, variables, ParseInner("endwith", isFunction: false, names));
    }

    private PrintStatement ParsePrint(int position)
    {
        List<Expression> parts = [];
        while (Current.Kind != TokenKind.TagEnd)
        {
            if (parts.Count > 0)
                Expect(",");
            parts.Add(ParseExpression());
        }
        return new PrintStatement(position, Over(new ConcatExpression(position, parts), [.. parts]));
    }

    private BlockStatement ParseBlock(int position)
    {
        string name = Expect(TokenKind.Name, "name").Text;
        bool isScoped = SkipName("scoped");
        if (Current.IsName("required"))
            throw Fault("a required block needs a template that extends this one, which is not supported");
        Block body = ParseInner("endblock", isFunction: true, new FrameNames(isScoped ? _names : null));
        SkipName(name);
        return new BlockStatement(position, isScoped, body);
    }

    private WithStatement ParseAutoescape(int position)
    {
        if (ParseExpression() is not ConstantExpression { Value: Values.BooleanValue { Value: false } })
            throw Fault("autoescape is not supported: a chat template writes plain text", position);
        return new WithStatement(position, [], ParseInner("endautoescape", isFunction: false));
    }

    private Target ParseTarget(bool withNamespace)
    {
        int position = Current.Position;
        List<Target> targets = [ParseSingleTarget(withNamespace)];
        bool isTuple = false;
        while (Skip(","))
        {
            isTuple = true;
            if (Current.IsName("in") || Current.IsOperator("=") || Current.IsOperator(")") || Current.Kind == TokenKind.TagEnd)
                break;
            targets.Add(ParseSingleTarget(withNamespace));
        }
        return isTuple ? new TupleTarget(position, targets) : targets[0];
    }

    /// <summary>Notes that the names of a target are set in a scope, the innermost one where none is given.</summary>
    private void NoteSet(Target target, FrameNames? names = null)
    {
        if (target is NameTarget name)
            (names ?? _names).Set(name.Name, perhaps: _isSkippable && names is null);
        else if (target is TupleTarget tuple)
            foreach (Target part in tuple.Targets)
                NoteSet(part, names);
    }

    private Target ParseSingleTarget(bool withNamespace)
    {
        if (Current.IsOperator("("))
        {
            Next();
            Enter();
            Target inner = ParseTarget(withNamespace: false);
            Leave();
            Expect(")");
            return inner;
        }
        if (Current.Kind != TokenKind.Name)
            throw Fault($"can't assign to '{Current.Description}'");
        Token name = Next();
        if (name.Text is "true" or "false" or "none" or "True" or "False" or "None")
            throw Fault($"can't assign to '{name.Text}'", name.Position);
        if (withNamespace && Skip("."))
        {
            _names.Read(name.Text);
            return new NamespaceTarget(name.Position, name.Text, Expect(TokenKind.Name, "name").Text);
        }
        return new NameTarget(name.Position, name.Text);
    }

    private static string Listed(string[] names) => string.Join(" or ", names.Select(name => $"'{name}'"));
}
