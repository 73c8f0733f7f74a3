using Cerise.Data.ChatTemplates.Running;
using Cerise.Data.ChatTemplates.Values;

namespace Cerise.Data.ChatTemplates.Builtins;

/// <summary>A function, filter, test or method of the language.</summary>
internal sealed class Builtin
{
    private readonly Func<Call, Value> _body;
    private readonly string[] _parameters;
    private readonly int _required;
    private readonly bool _takesRest;
    private readonly bool _takesNamed;

    /// <param name="name">What messages call it.</param>
    /// <param name="signature">Names of its parameters; '?' after those that may be missing, '*' for further ones, '**' for any name.</param>
    /// <param name="body">What it does.</param>
    public Builtin(string name, string signature, Func<Call, Value> body)
    {
        Name = name;
        _body = body;
        string[] words = signature.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        _takesRest = words.Contains("*");
        _takesNamed = words.Contains("**");
        _parameters = [.. words.Where(word => word[0] != '*').Select(word => word.TrimEnd('?'))];
        _required = words.Count(word => word[0] != '*' && word[^1] != '?');
    }

    public string Name { get; }

    /// <summary>Calls it for the filtered or tested value, or the one whose method it is.</summary>
    /// <exception cref="TemplateFault">The arguments do not fit, or what it does fails.</exception>
    public Value Invoke(Value self, Arguments arguments, RenderState state)
    {
        state.ChargeCall();
        var values = new Value?[_parameters.Length];
        int positional = Math.Min(values.Length, arguments.Positional.Count);
        for (int i = 0; i < positional; i++)
            values[i] = arguments.Positional[i];
        if (arguments.Positional.Count > values.Length && !_takesRest)
            throw new TemplateFault($"{Name}() takes at most {values.Length} argument(s) ({arguments.Positional.Count} given)");
        Dictionary<string, Value>? named = null;
        foreach ((string name, Value value) in arguments.Named)
        {
            int at = Array.IndexOf(_parameters, name);
            if (at >= 0 && values[at] is not null)
                throw new TemplateFault($"{Name}() got multiple values for argument '{name}'");
            if (at >= 0)
                values[at] = value;
            else if (_takesNamed)
                (named ??= [])[name] = value;
            else
                throw new TemplateFault($"{Name}() got an unexpected keyword argument '{name}'");
        }
        for (int i = 0; i < _required; i++)
            if (values[i] is null)
                throw new TemplateFault($"{Name}() missing required argument: '{_parameters[i]}'");
        Value[] rest = arguments.Positional.Count > values.Length ? [.. arguments.Positional.Skip(values.Length)] : [];
        return _body(new Call(this, self, values, rest, named, state));
    }
}
