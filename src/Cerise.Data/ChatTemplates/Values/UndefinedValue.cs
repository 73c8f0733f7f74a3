using Cerise.Data.ChatTemplates.Running;
using Cerise.Data.ChatTemplates.Text;

namespace Cerise.Data.ChatTemplates.Values;

/// <summary>What a missing name, key or attribute gives: false, empty when printed or iterated, an error for everything else.</summary>
internal sealed class UndefinedValue : Value
{
    private readonly Value? _owner;
    private readonly Value? _key;
    private readonly string? _hint;

    private UndefinedValue(Value? owner, Value? key, string? hint) => (_owner, _key, _hint) = (owner, key, hint);

    public override string TypeName => "Undefined";

    public override bool IsTrue => false;

    public override int? Length => 0;

    /// <summary>Why it is undefined.</summary>
    public string Reason => _hint ?? (_key is StringValue name
        ? $"'{(_owner is NoneValue ? "None" : $"{_owner!.TypeName} object")}' has no attribute {PythonText.Quote(name.Text)}"
        : $"{(_owner is NoneValue ? "None" : $"{_owner!.TypeName} object")} has no such element");

    /// <summary>A name that nothing defines.</summary>
    public static UndefinedValue Name(string name) => new(null, null, $"{PythonText.Quote(name)} is undefined");

    /// <summary>A key or attribute that a value does not have.</summary>
    public static UndefinedValue Of(Value owner, Value key) => new(owner, key, null);

    /// <summary>Undefined for a reason of its own.</summary>
    public static UndefinedValue Because(string reason) => new(null, null, reason);

    /// <summary>An attribute that would change a list or a dictionary.</summary>
    public static UndefinedValue Unsafe(Value owner, string name) =>
        new(null, null, $"access to attribute {PythonText.Quote(name)} of '{owner.TypeName}' object is unsafe.");

    public TemplateFault Fault() => new(Reason);

    public override IEnumerable<Value> TryIterate(RenderState state) => [];

    public override Value Item(Value key, RenderState state) => throw Fault();

    public override Value Attribute(string name) => throw Fault();

    public override Value Call(Arguments arguments, RenderState state) => throw Fault();

    // Python takes it for callable: the class defines __call__.
    public override bool IsCallable => true;

    public override void WriteRepr(TextBuffer output) => output.Append("Undefined");
}
