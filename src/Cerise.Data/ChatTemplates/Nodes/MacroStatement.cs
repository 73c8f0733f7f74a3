using Cerise.Data.ChatTemplates.Running;
using Cerise.Data.ChatTemplates.Text;
using Cerise.Data.ChatTemplates.Values;

namespace Cerise.Data.ChatTemplates.Nodes;

/// <summary>What a macro or a call block takes and does.</summary>
/// <param name="Name">Null for a call block.</param>
/// <param name="Parameters">With their defaults, which are evaluated at each call.</param>
/// <param name="Body">What it writes.</param>
/// <param name="UsesCaller">Whether it may be called by a call block.</param>
/// <param name="UsesVarargs">Whether it takes further positional arguments.</param>
/// <param name="UsesKwargs">Whether it takes further named arguments.</param>
internal sealed record MacroDefinition(
    string? Name, IReadOnlyList<(string Name, Expression? Default)> Parameters, Block Body, bool UsesCaller, bool UsesVarargs, bool UsesKwargs);

/// <summary>{% macro %}.</summary>
internal sealed class MacroStatement(int position, MacroDefinition definition) : Statement(position)
{
    public override Flow Execute(RenderState state)
    {
        state.Scope.Set(definition.Name!, new MacroValue(definition, state.Scope));
        return Flow.Next;
    }
}

/// <summary>{% call f() %}...{% endcall %}: f may write the body by calling caller().</summary>
internal sealed class CallBlockStatement(int position, CallExpression call, MacroDefinition body) : Statement(position)
{
    public override Flow Execute(RenderState state)
    {
        Value value = call.Evaluate(state, new MacroValue(body, state.Scope));
        state.Output.Append(FilterBlockStatement.Written(value), state.Place);
        return Flow.Next;
    }
}

/// <summary>A macro with the variables around its definition. Calling it gives what it writes.</summary>
internal sealed class MacroValue(MacroDefinition definition, Scope around) : Value
{
    public override string TypeName => "Macro";

    public override bool IsCallable => true;

    public override Value? Attribute(string name) => name switch
    {
        "name" => definition.Name is { } own ? new StringValue(own) : NoneValue.Instance,
        "arguments" => new TupleValue([.. definition.Parameters.Select(parameter => new StringValue(parameter.Name))]),
        "caller" => BooleanValue.Of(definition.UsesCaller),
        "catch_varargs" => BooleanValue.Of(definition.UsesVarargs),
        "catch_kwargs" => BooleanValue.Of(definition.UsesKwargs),
        _ => null,
    };

    public override Value Call(Arguments arguments, RenderState state)
    {
        state.Enter();
        (Scope outer, bool held) = (state.Scope, state.IsTurnHeld);
        state.IsTurnHeld = held || state.Place.Turn >= 0;
        Scope scope = definition.Body.NewScope(around);
        state.Scope = scope;
        Bind(arguments, scope, state);
        definition.Body.Capture(scope, state, out StringValue text);
        (state.Scope, state.IsTurnHeld) = (outer, held);
        state.Leave();
        return text;
    }

    public override void WriteRepr(TextBuffer output) => output.Append(definition.Name is { } name ? $"<Macro '{name}'>" : "<Macro anonymous>");

    private void Bind(Arguments arguments, Scope scope, RenderState state)
    {
        var named = new Dictionary<string, Value>(StringComparer.Ordinal);
        foreach ((string name, Value value) in arguments.Named)
            if (!named.TryAdd(name, value))
                throw new TemplateFault($"{Shown}() got multiple values for keyword argument '{name}'");
        int positional = Math.Min(definition.Parameters.Count, arguments.Positional.Count);
        bool namesCaller = false;
        for (int i = 0; i < definition.Parameters.Count; i++)
        {
            (string name, Expression? byDefault) = definition.Parameters[i];
            namesCaller |= name == "caller";
            Value? given = i < positional ? arguments.Positional[i] : named.Remove(name, out Value? value) ? value : null;
            scope.Set(name, given ?? byDefault?.Evaluate(state) ?? UndefinedValue.Because($"parameter '{name}' was not provided"));
        }
        if (definition.UsesCaller && !namesCaller)
            scope.Set("caller", named.Remove("caller", out Value? caller) ? caller : UndefinedValue.Because("No caller defined"));
        BindRest(arguments, named, scope);
    }

    private void BindRest(Arguments arguments, Dictionary<string, Value> named, Scope scope)
    {
        if (definition.UsesKwargs)
        {
            OrderedDictionary<Value, Value> rest = DictValue.NewItems(named.Count);
            foreach ((string name, Value value) in arguments.Named)
                if (named.ContainsKey(name))
                    rest[new StringValue(name)] = value;
            scope.Set("kwargs", new DictValue(rest));
        }
        else if (named.Count > 0)
            throw new TemplateFault($"macro {Shown} takes no keyword argument '{arguments.Named.First(pair => named.ContainsKey(pair.Name)).Name}'");
        if (definition.UsesVarargs)
            scope.Set("varargs", new TupleValue([.. arguments.Positional.Skip(definition.Parameters.Count)]));
        else if (arguments.Positional.Count > definition.Parameters.Count)
            throw new TemplateFault($"macro {Shown} takes not more than {definition.Parameters.Count} argument(s)");
    }

    private string Shown => definition.Name is { } name ? $"'{name}'" : "of the call block";
}
