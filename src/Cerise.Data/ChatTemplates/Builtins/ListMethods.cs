using Cerise.Data.ChatTemplates.Values;

namespace Cerise.Data.ChatTemplates.Builtins;

/// <summary>Methods of list and tuple. Those that would change a list are undefined, as in jinja2's immutable sandbox.</summary>
internal static class ListMethods
{
    private static readonly BuiltinTable OfList = new(
        ("count", "value", Count),
        ("index", "value start? stop?", Index),
        ("copy", "", call => call.Self));

    private static readonly BuiltinTable OfTuple = new(
        ("count", "value", Count),
        ("index", "value start? stop?", Index));

    private static readonly HashSet<string> Mutating = ["append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort"];

    public static Value? Find(string name, ListValue self) =>
        OfList.Bind(name, self) ?? (Mutating.Contains(name) ? UndefinedValue.Unsafe(self, name) : null);

    public static Value? FindOfTuple(string name, TupleValue self) => OfTuple.Bind(name, self);

    private static IntegerValue Count(Call call) => IntegerValue.Of(call.Items.Count(item => PythonEquality.AreEqual(item, call[0]!, call.State)));

    private static IntegerValue Index(Call call)
    {
        IReadOnlyList<Value> items = ((SequenceValue)call.Self).Items;
        int start = Place(call.Int(1), items.Count), stop = Place(call.Int(2, int.MaxValue), items.Count);
        for (int i = start; i < stop; i++)
        {
            call.State.Step();
            if (PythonEquality.AreEqual(items[i], call[0]!, call.State))
                return IntegerValue.Of(i);
        }
        throw new TemplateFault($"the value is not in the {call.Self.TypeName}");
    }

    private static int Place(int index, int count) => Math.Clamp(index < 0 ? index + count : index, 0, count);
}
