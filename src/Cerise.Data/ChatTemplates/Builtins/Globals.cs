using System.Numerics;
using Cerise.Data.ChatTemplates.Running;
using Cerise.Data.ChatTemplates.Text;
using Cerise.Data.ChatTemplates.Values;

namespace Cerise.Data.ChatTemplates.Builtins;

/// <summary>Functions that every template may call.</summary>
internal static class Globals
{
    private static readonly BuiltinTable Functions = new(
        ("range", "start stop? step?", MakeRange),
        ("dict", "source? **", MakeDict),
        ("namespace", "source? **", call => new NamespaceValue(MakeDict(call))),
        ("cycler", "*", call => new CyclerValue(call.Rest.Count > 0 ? call.Rest : throw new TemplateFault("at least one item has to be provided"))),
        ("joiner", "sep?", call => new JoinerValue(call[0] ?? new StringValue(", "))),
        ("raise_exception", "message", call => throw new TemplateFault(PythonText.ToText(call[0]!, call.State).Text) { RaisedByTemplate = true }),
        ("strftime_now", "format", call => new StringValue(Strftime.Format(call.String(0).Text, call.State.Options.Clock.GetLocalNow().DateTime))));

    /// <summary>The scope around everything.</summary>
    public static Scope Scope { get; } = MakeScope();

    private static Scope MakeScope()
    {
        var scope = new Scope(null);
        foreach (Builtin function in Functions.Members)
            scope.Set(function.Name, new FunctionValue(function));
        return scope;
    }

    private static RangeValue MakeRange(Call call) => call[1] is null
        ? RangeValue.Of(0, call.Integer(0), 1, call.State.Options.MaxRange)
        : RangeValue.Of(call.Integer(0), call.Integer(1), call[2] is null ? BigInteger.One : call.Integer(2), call.State.Options.MaxRange);

    private static DictValue MakeDict(Call call)
    {
        OrderedDictionary<Value, Value> items = DictValue.NewItems();
        int message = -1;
        if (call[0] is DictValue source)
        {
            call.State.Charge(source.Items.Count);
            foreach ((Value key, Value value) in source.Items)
                items[key] = value;
            message = source.MessageIndex;
        }
        else if (call[0] is { } pairs)
            foreach (Value pair in call.State.Items(pairs))
            {
                Value[] both = [.. call.State.Items(pair)];
                if (both.Length != 2)
                    throw new TemplateFault($"dictionary update sequence element has length {both.Length}; 2 is required");
                items[PythonEquality.Key(both[0], call.State)] = both[1];
            }
        foreach ((string name, Value value) in call.Named)
            items[new StringValue(name)] = value;
        return new DictValue(items) { MessageIndex = message };
    }
}
