using System.Numerics;
using Cerise.Data.ChatTemplates.Running;
using Cerise.Data.ChatTemplates.Text;
using Cerise.Data.ChatTemplates.Values;

namespace Cerise.Data.ChatTemplates.Builtins;

/// <summary>One call of a <see cref="Builtin"/>: its arguments by parameter, read as the types it asks for.</summary>
internal sealed class Call(Builtin builtin, Value self, Value?[] values, Value[] rest, Dictionary<string, Value>? named, RenderState state)
{
    public RenderState State { get; } = state;

    /// <summary>The filtered or tested value, or the one whose method it is.</summary>
    public Value Self { get; } = self;

    /// <summary>Positional arguments beyond the parameters.</summary>
    public IReadOnlyList<Value> Rest { get; } = rest;

    /// <summary>Named arguments beyond the parameters.</summary>
    public IReadOnlyDictionary<string, Value> Named { get; } = named ?? [];

    /// <summary>An argument, or null where none was given.</summary>
    public Value? this[int index] => values[index];

    /// <summary>The text that a method belongs to.</summary>
    public StringValue Text => (StringValue)Self;

    /// <summary>The filtered value as text: markup stays markup.</summary>
    public StringValue SoftText => Self as StringValue ?? PythonText.ToText(Self, State);

    /// <summary>Characters of the filtered value where it is a text, else 0: what reading it costs.</summary>
    public int SoftLength => Self is StringValue text ? text.Text.Length : 0;

    /// <summary>Whether an argument was given and is not None.</summary>
    public bool Has(int index) => values[index] is not (null or NoneValue);

    public bool Flag(int index, bool missing = false) => values[index]?.IsTrue ?? missing;

    public BigInteger Integer(int index) => values[index] switch
    {
        UndefinedValue undefined => throw undefined.Fault(),
        { } value when Numbers.TryInteger(value, out BigInteger number) => number,
        var value => throw new TemplateFault($"'{value!.TypeName}' object cannot be interpreted as an integer"),
    };

    /// <summary>A whole number brought into the range of an int.</summary>
    public int Int(int index, int missing = 0) =>
        values[index] is null ? missing : (int)BigInteger.Max(int.MinValue, BigInteger.Min(int.MaxValue, Integer(index)));

    /// <summary>An argument that must be a text.</summary>
    public StringValue String(int index) => values[index] switch
    {
        StringValue text => text,
        UndefinedValue undefined => throw undefined.Fault(),
        var value => throw new TemplateFault($"{builtin.Name}() argument must be str, not {value?.TypeName}"),
    };

    /// <summary>An argument that must be a text, None or missing.</summary>
    public StringValue? OptionalString(int index) => Has(index) ? String(index) : null;

    /// <summary>The items of the filtered value.</summary>
    public IEnumerable<Value> Items => State.Items(Self);

    /// <summary>A result of iterating, as Python's generators: lazily, once.</summary>
    public static IteratorValue Lazily(IEnumerable<Value> items) => new(items);
}
