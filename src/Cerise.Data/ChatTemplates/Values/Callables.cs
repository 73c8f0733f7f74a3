using Cerise.Data.ChatTemplates.Builtins;
using Cerise.Data.ChatTemplates.Running;
using Cerise.Data.ChatTemplates.Text;

namespace Cerise.Data.ChatTemplates.Values;

/// <summary>A function of the language, or a method with the value it was taken from.</summary>
internal sealed class FunctionValue(Builtin builtin, Value? self = null) : Value
{
    public override string TypeName => self is null ? "function" : "builtin_function_or_method";

    public override bool IsCallable => true;

    public override Value Call(Arguments arguments, RenderState state) => builtin.Invoke(self ?? NoneValue.Instance, arguments, state);

    public override void WriteRepr(TextBuffer output) =>
        output.Append(self is null ? $"<function {builtin.Name}>" : $"<built-in method {builtin.Name} of {self.TypeName} object>");
}

/// <summary>namespace(...): the one value whose attributes a template may set.</summary>
internal sealed class NamespaceValue(DictValue attributes) : Value
{
    private readonly OrderedDictionary<Value, Value> _attributes = attributes.Items;

    public override string TypeName => "Namespace";

    public void Set(string name, Value value) => _attributes[new StringValue(name)] = value;

    public override Value? Attribute(string name) => _attributes.TryGetValue(new StringValue(name), out Value? value) ? value : null;

    public override void WriteRepr(TextBuffer output)
    {
        output.Append("<Namespace ");
        new DictValue(_attributes).WriteRepr(output);
        output.Append('>');
    }
}

/// <summary>cycler(...): gives its items one after the other, again and again.</summary>
internal sealed class CyclerValue(IReadOnlyList<Value> items) : Value
{
    private static readonly Builtin NextMethod = new("next", "", call => ((CyclerValue)call.Self).Next());
    private static readonly Builtin ResetMethod = new("reset", "", call => ((CyclerValue)call.Self).Reset());

    private int _position;

    public override string TypeName => "Cycler";

    public override Value? Attribute(string name) => name switch
    {
        "current" => items[_position],
        "next" => new FunctionValue(NextMethod, this),
        "reset" => new FunctionValue(ResetMethod, this),
        "items" => new TupleValue(items),
        "pos" => IntegerValue.Of(_position),
        _ => null,
    };

    private Value Next()
    {
        Value current = items[_position];
        _position = (_position + 1) % items.Count;
        return current;
    }

    private NoneValue Reset()
    {
        _position = 0;
        return NoneValue.Instance;
    }
}

/// <summary>joiner(separator): empty at its first call, the separator afterwards.</summary>
internal sealed class JoinerValue(Value separator) : Value
{
    private bool _used;

    public override string TypeName => "Joiner";

    public override bool IsCallable => true;

    public override Value Call(Arguments arguments, RenderState state)
    {
        if (_used)
            return separator;
        _used = true;
        return StringValue.Empty;
    }

    public override Value? Attribute(string name) => name switch
    {
        "sep" => separator,
        "used" => BooleanValue.Of(_used),
        _ => null,
    };
}
