using Cerise.Data.ChatTemplates.Running;

namespace Cerise.Data.ChatTemplates.Values;

/// <summary>A value of the template language, which behaves as Python's value of the same type.</summary>
internal abstract class Value
{
    /// <summary>Index of the message whose data it is, -1 for none. Texts know it character by character instead.</summary>
    public int Message { get; init; } = -1;

    /// <summary>The type as Python calls it.</summary>
    public abstract string TypeName { get; }

    public virtual bool IsTrue => true;

    /// <summary>What len() gives; null where it fails.</summary>
    public virtual int? Length => null;

    /// <summary>What a for loop gets; null where the value cannot be iterated.</summary>
    public virtual IEnumerable<Value>? TryIterate(RenderState state) => null;

    /// <summary>value[key]; null where Python raises a LookupError or a TypeError.</summary>
    public virtual Value? Item(Value key, RenderState state) => null;

    /// <summary>value.name without a look at the items; null where there is no such attribute.</summary>
    public virtual Value? Attribute(string name) => null;

    /// <summary>value(arguments).</summary>
    public virtual Value Call(Arguments arguments, RenderState state) => throw new TemplateFault($"'{TypeName}' object is not callable");

    public virtual bool IsCallable => false;

    /// <summary>Writes Python's repr().</summary>
    public virtual void WriteRepr(Text.TextBuffer output) => output.Append($"<{TypeName} object>");
}
