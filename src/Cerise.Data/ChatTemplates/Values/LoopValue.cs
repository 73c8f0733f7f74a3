using Cerise.Data.ChatTemplates.Builtins;
using Cerise.Data.ChatTemplates.Running;

namespace Cerise.Data.ChatTemplates.Values;

/// <summary>The variable loop: where a for loop is. It looks one item ahead only when asked.</summary>
internal sealed class LoopValue(IEnumerable<Value> items, int? length, int depth, Func<Value, int, StringValue>? recurse) : Value
{
    private static readonly Builtin CycleMethod = new("cycle", "*", call => ((LoopValue)call.Self).Cycle(call.Rest));
    private static readonly Builtin ChangedMethod = new("changed", "*", call => ((LoopValue)call.Self).Changed(call));

    private IEnumerator<Value> _items = items.GetEnumerator();
    private int? _length = length;
    private int _index = -1;
    private Value? _before;
    private Value? _current;
    private Value? _after;
    private TupleValue? _lastChanged;

    public override string TypeName => "LoopContext";

    public Value Current => _current!;

    public override int? Length => _length ??= Count();

    public override bool IsTrue => Length > 0;

    public override bool IsCallable => true;

    public bool MoveNext()
    {
        Value? next = Peek();
        _after = null;
        if (next is null)
            return false;
        (_before, _current) = (_current, next);
        _index++;
        return true;
    }

    public override Value? Attribute(string name) => name switch
    {
        "index" => IntegerValue.Of(_index + 1),
        "index0" => IntegerValue.Of(_index),
        "first" => BooleanValue.Of(_index == 0),
        "last" => BooleanValue.Of(Peek() is null),
        "length" => IntegerValue.Of(Length!.Value),
        "revindex" => IntegerValue.Of(Length!.Value - _index),
        "revindex0" => IntegerValue.Of(Length!.Value - _index - 1),
        "previtem" => _before ?? UndefinedValue.Because("there is no previous item"),
        "nextitem" => Peek() ?? UndefinedValue.Because("there is no next item"),
        "depth" => IntegerValue.Of(depth + 1),
        "depth0" => IntegerValue.Of(depth),
        "cycle" => new FunctionValue(CycleMethod, this),
        "changed" => new FunctionValue(ChangedMethod, this),
        _ => null,
    };

    public override Value Call(Arguments arguments, RenderState state)
    {
        if (recurse is null)
            throw new TemplateFault("The loop must have the 'recursive' marker to be called recursively.");
        if (arguments is not { Positional: [var inner], Named: [] })
            throw new TemplateFault("loop() takes exactly one argument: what to loop over");
        return recurse(inner, depth + 1);
    }

    private Value? Peek()
    {
        if (_after is null && _items.MoveNext())
            _after = _items.Current;
        return _after;
    }

    // Where the length is not known beforehand, what is left is read now.
    private int Count()
    {
        var rest = new List<Value>();
        while (_items.MoveNext())
            rest.Add(_items.Current);
        _items = rest.GetEnumerator();
        return rest.Count + _index + 1 + (_after is null ? 0 : 1);
    }

    private Value Cycle(IReadOnlyList<Value> choices) =>
        choices.Count > 0 ? choices[_index % choices.Count] : throw new TemplateFault("no items for cycling given");

    private BooleanValue Changed(Call call)
    {
        var now = new TupleValue(call.Rest);
        bool changed = _lastChanged is null || !PythonEquality.AreEqual(_lastChanged, now, call.State);
        _lastChanged = now;
        return BooleanValue.Of(changed);
    }
}
