using Cerise.Data.ChatTemplates.Text;
using Cerise.Data.ChatTemplates.Values;

namespace Cerise.Data.ChatTemplates.Builtins;

/// <summary>Filters that take sequences apart and put them together.</summary>
internal static class SequenceFilters
{
    public static (string Name, string Signature, Func<Call, Value> Body)[] Members { get; } =
    [
        ("batch", "linecount fill_with?", Batch),
        ("count", "", Length),
        ("first", "", call => call.Items.FirstOrDefault() ?? UndefinedValue.Because("No first item, sequence was empty.")),
        ("groupby", "attribute default? case_sensitive?", GroupBy),
        ("join", "d? attribute?", Join),
        ("last", "", Last),
        ("length", "", Length),
        ("list", "", call => new ListValue([.. call.Items]) { Message = call.Self.Message }),
        ("max", "case_sensitive? attribute?", call => Extreme(call, 1)),
        ("min", "case_sensitive? attribute?", call => Extreme(call, -1)),
        ("random", "", call => throw new TemplateFault("the filter random is not supported: the same input must give the same text")),
        ("reverse", "", Reverse),
        ("slice", "slices fill_with?", Slice),
        ("sort", "reverse? case_sensitive? attribute?", call =>
            new ListValue(Sorting.Sort([.. call.Items], Attributes.KeyGetter(call[2], call.Flag(1), call.State), call.Flag(0), call.State))),
        ("sum", "attribute? start?", Sum),
        ("unique", "case_sensitive? attribute?", Unique),
    ];

    /// <summary>len(value).</summary>
    public static IntegerValue Length(Call call) => call.Self.Length is { } length
        ? IntegerValue.Of(length)
        : throw new TemplateFault($"object of type '{call.Self.TypeName}' has no len()");

    /// <summary>reversed(value), or null where it fails.</summary>
    private static IEnumerable<Value>? Reversed(Call call) => call.Self switch
    {
        SequenceValue sequence => sequence.Items.Reverse(),
        DictValue or DictViewValue or RangeValue or StringValue => call.Items.ToArray().AsEnumerable().Reverse(),
        UndefinedValue => [],
        _ => null,
    };

    private static Value Last(Call call) => (Reversed(call) ?? throw new TemplateFault($"'{call.Self.TypeName}' object is not reversible"))
        .FirstOrDefault() ?? UndefinedValue.Because("No last item, sequence was empty.");

    private static Value Reverse(Call call)
    {
        if (call.Self is StringValue text)
            return text.Item(new SliceValue(NoneValue.Instance, NoneValue.Instance, IntegerValue.Of(-1)), call.State)!;
        return Reversed(call) is { } reversed ? Call.Lazily(reversed) : new ListValue([.. call.Items.Reverse()]);
    }

    private static StringValue Join(Call call)
    {
        StringValue separator = call[0] is { } given ? PythonText.ToText(given, call.State) : StringValue.Empty;
        Func<Value, Value> attribute = Attributes.Getter(call[1], call.State);
        var joined = new TextBuffer(call.State);
        bool first = true;
        foreach (Value item in call.Items)
        {
            if (!first)
                joined.Append(separator);
            first = false;
            joined.Append(PythonText.ToText(attribute(item), call.State));
        }
        return joined.ToValue();
    }

    private static Value Extreme(Call call, int direction)
    {
        Func<Value, Value> attribute = Attributes.Getter(call[1], call.State);
        Value? best = null, bestKey = null;
        foreach (Value item in call.Items)
        {
            Value key = Attributes.Fold(attribute(item), call.Flag(0), call.State);
            if (bestKey is not null && !(Comparison.Compare(key, bestKey, direction > 0 ? ">" : "<", call.State) * direction > 0))
                continue;
            (best, bestKey) = (item, key);
        }
        return best ?? UndefinedValue.Because("No aggregated item, sequence was empty.");
    }

    private static Value Sum(Call call)
    {
        Func<Value, Value> attribute = Attributes.Getter(call[0], call.State);
        Value sum = call[1] ?? IntegerValue.Of(0);
        if (sum is StringValue)
            throw new TemplateFault("sum() can't sum strings [use ''.join(seq) instead]");
        foreach (Value item in call.Items)
            sum = Operators.Apply("+", sum, attribute(item), call.State);
        return sum;
    }

    private static IteratorValue Unique(Call call)
    {
        return Call.Lazily(Items());

        IEnumerable<Value> Items()
        {
            Func<Value, Value> attribute = Attributes.Getter(call[1], call.State);
            var seen = new HashSet<Value>(PythonEquality.Instance);
            foreach (Value item in call.Items)
                if (seen.Add(PythonEquality.Key(Attributes.Fold(attribute(item), call.Flag(0), call.State), call.State)))
                    yield return item;
        }
    }

    private static ListValue GroupBy(Call call)
    {
        Func<Value, Value> attribute = Attributes.Getter(call[0], call.State, call[1]);
        bool caseSensitive = call.Flag(2);
        List<Value> sorted = Sorting.Sort([.. call.Items], item => Attributes.Fold(attribute(item), caseSensitive, call.State), reverse: false, call.State);
        var groups = new List<Value>();
        for (int start = 0, end; start < sorted.Count; start = end)
        {
            Value key = Attributes.Fold(attribute(sorted[start]), caseSensitive, call.State);
            end = start + 1;
            while (end < sorted.Count && PythonEquality.AreEqual(key, Attributes.Fold(attribute(sorted[end]), caseSensitive, call.State), call.State))
                end++;
            groups.Add(new TupleValue([attribute(sorted[start]), new ListValue(sorted[start..end])], isGroup: true));
        }
        return new ListValue(groups);
    }

    private static IteratorValue Batch(Call call)
    {
        return Call.Lazily(Lines());

        IEnumerable<Value> Lines()
        {
            int size = call.Int(0);
            var line = new List<Value>();
            foreach (Value item in call.Items)
            {
                if (line.Count == size)
                {
                    yield return new ListValue(line);
                    line = [];
                }
                line.Add(item);
            }
            if (line.Count == 0)
                yield break;
            if (call.Has(1) && line.Count < size)
            {
                RequireRoom(call, size);
                line.AddRange(Enumerable.Repeat(call[1]!, size - line.Count));
            }
            yield return new ListValue(line);
        }
    }

    private static IteratorValue Slice(Call call)
    {
        return Call.Lazily(Columns());

        IEnumerable<Value> Columns()
        {
            Value[] items = [.. call.Items];
            int count = call.Int(0);
            if (count == 0)
                throw new TemplateFault("integer division or modulo by zero");
            RequireRoom(call, count);
            int size = items.Length / count, larger = items.Length % count;
            for (int column = 0, start = 0; column < count; column++)
            {
                int length = size + (column < larger ? 1 : 0);
                List<Value> part = [.. items.AsSpan(start, length)];
                start += length;
                if (call.Has(1) && column >= larger)
                    part.Add(call[1]!);
                yield return new ListValue(part);
            }
        }
    }

    private static void RequireRoom(Call call, int count)
    {
        if (count > call.State.Options.MaxRange)
            throw new TemplateFault($"{count} parts are more than the limit of {call.State.Options.MaxRange} (MaxRange)");
        call.State.Charge(Math.Max(0, count));
    }
}
