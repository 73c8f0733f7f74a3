using Cerise.Data.ChatTemplates.Running;
using Cerise.Data.ChatTemplates.Values;

namespace Cerise.Data.ChatTemplates.Builtins;

/// <summary>map, select, reject and their forms for attributes. All are lazy and can be passed once, as Python's generators.</summary>
internal static class SelectionFilters
{
    public static (string Name, string Signature, Func<Call, Value> Body)[] Members { get; } =
    [
        ("map", "* **", Map),
        ("select", "* **", call => Select(call, wanted: true, byAttribute: false)),
        ("reject", "* **", call => Select(call, wanted: false, byAttribute: false)),
        ("selectattr", "* **", call => Select(call, wanted: true, byAttribute: true)),
        ("rejectattr", "* **", call => Select(call, wanted: false, byAttribute: true)),
    ];

    private static IteratorValue Map(Call call)
    {
        return Call.Lazily(Mapped());

        IEnumerable<Value> Mapped()
        {
            if (!call.Self.IsTrue)
                yield break;
            Func<Value, Value> change = Change(call);
            foreach (Value item in call.Items)
                yield return change(item);
        }
    }

    private static Func<Value, Value> Change(Call call)
    {
        if (call.Rest.Count == 0 && call.Named.TryGetValue("attribute", out Value? attribute))
        {
            if (call.Named.Keys.FirstOrDefault(name => name is not ("attribute" or "default")) is { } unexpected)
                throw new TemplateFault($"Unexpected keyword argument '{unexpected}'");
            return Attributes.Getter(attribute, call.State, call.Named.GetValueOrDefault("default"));
        }
        if (call.Rest.Count == 0)
            throw new TemplateFault("map requires a filter argument");
        Builtin filter = Filters.Find(NameOf(call.Rest[0])) ?? throw new TemplateFault($"No filter named '{NameOf(call.Rest[0])}'.");
        Arguments arguments = Remaining(call, 1);
        return item => filter.Invoke(item, arguments, call.State);
    }

    private static IteratorValue Select(Call call, bool wanted, bool byAttribute)
    {
        return Call.Lazily(Selected());

        IEnumerable<Value> Selected()
        {
            if (!call.Self.IsTrue)
                yield break;
            int taken = 0;
            Func<Value, Value> subject = item => item;
            if (byAttribute)
            {
                if (call.Rest.Count == 0)
                    throw new TemplateFault("Missing parameter for attribute name");
                subject = Attributes.Getter(call.Rest[0], call.State);
                taken = 1;
            }
            Func<Value, bool> holds = Condition(call, taken);
            foreach (Value item in call.Items)
                if (holds(subject(item)) == wanted)
                    yield return item;
        }
    }

    private static Func<Value, bool> Condition(Call call, int taken)
    {
        if (call.Rest.Count == taken)
            return value => value.IsTrue;
        string name = NameOf(call.Rest[taken]);
        Builtin test = Tests.Find(name) ?? throw new TemplateFault($"No test named '{name}'.");
        Arguments arguments = Remaining(call, taken + 1);
        RenderState state = call.State;
        return value => test.Invoke(value, arguments, state).IsTrue;
    }

    private static Arguments Remaining(Call call, int taken) =>
        new([.. call.Rest.Skip(taken)], [.. call.Named.Select(pair => (pair.Key, pair.Value))]);

    private static string NameOf(Value value) =>
        value is StringValue text ? text.Text : throw new TemplateFault($"a name is expected, not {value.TypeName}");
}
