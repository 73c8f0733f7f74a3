using System.Runtime.CompilerServices;
using Cerise.Data.ChatTemplates.Builtins;
using Cerise.Data.ChatTemplates.Running;
using Cerise.Data.ChatTemplates.Text;

namespace Cerise.Data.ChatTemplates.Values;

/// <summary>A dict, in the order of insertion. Nothing in the language can change one.</summary>
internal sealed class DictValue(OrderedDictionary<Value, Value> items) : Value
{
    /// <summary>Index of the message that this dictionary is, -1 for any other.</summary>
    public int MessageIndex { get; init; } = -1;

    public OrderedDictionary<Value, Value> Items { get; } = items;

    public override string TypeName => "dict";

    public override bool IsTrue => Items.Count > 0;

    public override int? Length => Items.Count;

    public static OrderedDictionary<Value, Value> NewItems(int capacity = 0) => new(capacity, PythonEquality.Instance);

    public override IEnumerable<Value> TryIterate(RenderState state) => Items.Keys;

    public override Value? Item(Value key, RenderState state) =>
        PythonEquality.IsHashable(key) && Items.TryGetValue(PythonEquality.Key(key, state), out Value? value) ? value : null;

    public override Value? Attribute(string name) => DictMethods.Find(name, this);

    public override void WriteRepr(TextBuffer output)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        output.Append('{');
        bool first = true;
        foreach ((Value key, Value value) in Items)
        {
            if (!first)
                output.Append(", ");
            first = false;
            PythonText.WriteRepr(key, output);
            output.Append(": ");
            PythonText.WriteRepr(value, output);
        }
        output.Append('}');
    }
}

/// <summary>What keys(), values() and items() give: no list, but it can be passed again and again.</summary>
internal sealed class DictViewValue(DictValue owner, string name, Func<KeyValuePair<Value, Value>, Value> pick) : Value
{
    public override string TypeName => $"dict_{name}";

    public override bool IsTrue => owner.Items.Count > 0;

    public override int? Length => owner.Items.Count;

    public override IEnumerable<Value> TryIterate(RenderState state) => owner.Items.Select(pick);

    public override void WriteRepr(TextBuffer output)
    {
        output.Append($"dict_{name}(");
        new ListValue([.. owner.Items.Select(pick)]).WriteRepr(output);
        output.Append(')');
    }
}
