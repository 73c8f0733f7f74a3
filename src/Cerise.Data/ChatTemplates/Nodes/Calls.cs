using System.Runtime.CompilerServices;
using Cerise.Data.ChatTemplates.Builtins;
using Cerise.Data.ChatTemplates.Running;
using Cerise.Data.ChatTemplates.Values;

namespace Cerise.Data.ChatTemplates.Nodes;

/// <summary>The arguments of a call as written: a, name=b, *c, **d.</summary>
internal sealed record CallArguments(
    IReadOnlyList<Expression> Positional, IReadOnlyList<(string Name, Expression Value)> Named, Expression? Star, Expression? DoubleStar)
{
    public static CallArguments None { get; } = new([], [], null, null);

    public bool IsEmpty => Positional.Count == 0 && Named.Count == 0 && Star is null && DoubleStar is null;

    public IEnumerable<Expression> Expressions =>
        [.. Positional, .. Named.Select(pair => pair.Value), .. Star is null ? [] : new[] { Star }, .. DoubleStar is null ? [] : new[] { DoubleStar }];

    public Arguments Evaluate(RenderState state)
    {
        if (IsEmpty)
            return Arguments.None;
        List<Value> positional = new(Positional.Count);
        foreach (Expression argument in Positional)
        {
            state.Step();
            positional.Add(argument.Evaluate(state));
        }
        List<(string Name, Value Value)> named = new(Named.Count);
        foreach ((string name, Expression argument) in Named)
        {
            state.Step();
            named.Add((name, argument.Evaluate(state)));
        }
        if (Star is not null)
            positional.AddRange(state.Items(Star.Evaluate(state)));
        if (DoubleStar is not null)
            AddMapping(named, DoubleStar.Evaluate(state));
        return new Arguments(positional, named);
    }

    private static void AddMapping(List<(string Name, Value Value)> named, Value mapping)
    {
        if (mapping is not DictValue dictionary)
            throw new TemplateFault($"argument after ** must be a mapping, not {mapping.TypeName}");
        var seen = named.Select(pair => pair.Name).ToHashSet(StringComparer.Ordinal);
        foreach ((Value key, Value value) in dictionary.Items)
        {
            string name = (key as StringValue ?? throw new TemplateFault("keywords must be strings")).Text;
            if (!seen.Add(name))
                throw new TemplateFault($"got multiple values for keyword argument '{name}'");
            named.Add((name, value));
        }
    }
}

/// <summary>f(arguments).</summary>
internal sealed class CallExpression(int position, Expression callee, CallArguments arguments) : Expression(position)
{
    public override Value Evaluate(RenderState state) => Evaluate(state, null);

    /// <summary>Calls with the body of a call block as the argument caller.</summary>
    public Value Evaluate(RenderState state, Value? caller)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        state.Step();
        Value function = callee.Evaluate(state);
        Arguments values = arguments.Evaluate(state);
        if (caller is not null)
            values = values with { Named = [.. values.Named, ("caller", caller)] };
        state.Position = Position;
        return function.Call(values, state);
    }
}

/// <summary>a|name(arguments).</summary>
internal sealed class FilterExpression(int position, Expression input, string name, CallArguments arguments) : Expression(position)
{
    private readonly Builtin? _filter = Filters.Find(name);

    public string Name { get; } = name;

    public bool IsKnown => _filter is not null;

    public override Value Evaluate(RenderState state)
    {
        state.Step();
        Value value = input.Evaluate(state);
        Arguments values = arguments.Evaluate(state);
        state.Position = Position;
        return (_filter ?? throw new TemplateFault($"No filter named '{Name}'.")).Invoke(value, values, state);
    }
}

/// <summary>The text of a filter block, as the input of its first filter.</summary>
internal sealed class CapturedExpression(int position) : Expression(position)
{
    public override Value Evaluate(RenderState state) => state.Captured!;
}

/// <summary>a is name(arguments).</summary>
internal sealed class TestExpression(int position, Expression subject, string name, CallArguments arguments) : Expression(position)
{
    private readonly Builtin? _test = Tests.Find(name);

    public string Name { get; } = name;

    public bool IsKnown => _test is not null;

    public override Value Evaluate(RenderState state)
    {
        state.Step();
        Value value = subject.Evaluate(state);
        Arguments values = arguments.Evaluate(state);
        state.Position = Position;
        return (_test ?? throw new TemplateFault($"No test named '{Name}'.")).Invoke(value, values, state);
    }
}
