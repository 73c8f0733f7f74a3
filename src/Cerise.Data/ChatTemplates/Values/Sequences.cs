using System.Globalization;
using System.Numerics;
using Cerise.Data.ChatTemplates.Builtins;
using Cerise.Data.ChatTemplates.Running;
using Cerise.Data.ChatTemplates.Text;

namespace Cerise.Data.ChatTemplates.Values;

/// <summary>A list or a tuple. Nothing in the language can change one, so parts may be shared.</summary>
internal abstract class SequenceValue(IReadOnlyList<Value> items) : Value
{
    public IReadOnlyList<Value> Items { get; } = items;

    public override bool IsTrue => Items.Count > 0;

    public override int? Length => Items.Count;

    public override IEnumerable<Value> TryIterate(RenderState state) => Items;

    public override Value? Item(Value key, RenderState state)
    {
        if (key is SliceValue slice)
        {
            var bounds = new SliceBounds(slice, Items.Count);
            state.Charge(bounds.Count);
            var part = new Value[bounds.Count];
            for (int i = 0, at = bounds.Start; i < part.Length; i++, at += bounds.Step)
                part[i] = Items[at];
            return With(part);
        }
        if (!Numbers.TryIndex(key, out int index))
            return null;
        if (index < 0)
            index += Items.Count;
        return index >= 0 && index < Items.Count ? Items[index] : null;
    }

    /// <summary>The same kind of sequence with other items.</summary>
    public abstract SequenceValue With(IReadOnlyList<Value> items);

    protected void WriteItems(TextBuffer output)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        for (int i = 0; i < Items.Count; i++)
        {
            if (i > 0)
                output.Append(", ");
            PythonText.WriteRepr(Items[i], output);
        }
    }
}

/// <summary>A list.</summary>
internal sealed class ListValue(IReadOnlyList<Value> items) : SequenceValue(items)
{
    public override string TypeName => "list";

    public override SequenceValue With(IReadOnlyList<Value> items) => new ListValue(items) { Message = Message };

    public override Value? Attribute(string name) => ListMethods.Find(name, this);

    public override void WriteRepr(TextBuffer output)
    {
        output.Append('[');
        WriteItems(output);
        output.Append(']');
    }
}

/// <summary>A tuple; a group of groupby has names for its two items.</summary>
internal sealed class TupleValue(IReadOnlyList<Value> items, bool isGroup = false) : SequenceValue(items)
{
    public override string TypeName => isGroup ? "_GroupTuple" : "tuple";

    public override SequenceValue With(IReadOnlyList<Value> items) => new TupleValue(items);

    public override Value? Attribute(string name) => (isGroup, name) switch
    {
        (true, "grouper") => Items[0],
        (true, "list") => Items[1],
        _ => ListMethods.FindOfTuple(name, this),
    };

    public override void WriteRepr(TextBuffer output)
    {
        output.Append('(');
        WriteItems(output);
        output.Append(Items.Count == 1 ? ",)" : ")");
    }
}

/// <summary>A range.</summary>
internal sealed class RangeValue(BigInteger start, BigInteger stop, BigInteger step, int count) : Value
{
    private readonly BigInteger _start = start;
    private readonly BigInteger _step = step;

    public override string TypeName => "range";

    public override bool IsTrue => count > 0;

    public override int? Length => count;

    /// <summary>range(stop), range(start, stop) or range(start, stop, step).</summary>
    public static RangeValue Of(BigInteger start, BigInteger stop, BigInteger step, int limit)
    {
        if (step.IsZero)
            throw new TemplateFault("range() arg 3 must not be zero");
        BigInteger span = step.Sign > 0 ? stop - start : start - stop;
        BigInteger count = span.Sign <= 0 ? 0 : ((span - 1) / BigInteger.Abs(step)) + 1;
        if (count > limit)
            throw new TemplateFault($"Range too big. The sandbox blocks ranges larger than MAX_RANGE ({limit}).");
        return new RangeValue(start, stop, step, (int)count);
    }

    public override IEnumerable<Value> TryIterate(RenderState state)
    {
        for (int i = 0; i < count; i++)
            yield return At(i);
    }

    public override Value? Item(Value key, RenderState state)
    {
        if (key is SliceValue slice)
        {
            var bounds = new SliceBounds(slice, count);
            return new RangeValue(_start + (_step * bounds.Start), _start + (_step * bounds.Stop), _step * bounds.Step, bounds.Count);
        }
        if (!Numbers.TryIndex(key, out int index))
            return null;
        if (index < 0)
            index += count;
        return index >= 0 && index < count ? At(index) : null;
    }

    public bool Contains(BigInteger value) =>
        count > 0 && ((value - _start) % _step).IsZero && (value - _start) / _step is var at && at.Sign >= 0 && at < count;

    public bool IsEqualTo(RangeValue other) =>
        count == other.Length && (count == 0 || (_start == other._start && (count == 1 || _step == other._step)));

    public override void WriteRepr(TextBuffer output)
    {
        string ends = string.Create(CultureInfo.InvariantCulture, $"range({_start}, {stop}");
        output.Append(_step.IsOne ? $"{ends})" : string.Create(CultureInfo.InvariantCulture, $"{ends}, {_step})"));
    }

    private IntegerValue At(int index) => IntegerValue.Of(_start + (_step * index));
}

/// <summary>A generator or other iterator: it can be passed once.</summary>
internal sealed class IteratorValue(IEnumerable<Value> items) : Value
{
    private readonly IEnumerator<Value> _items = items.GetEnumerator();

    public override string TypeName => "generator";

    public override IEnumerable<Value> TryIterate(RenderState state)
    {
        while (_items.MoveNext())
            yield return _items.Current;
    }

    public override void WriteRepr(TextBuffer output) => output.Append("<generator object>");
}
