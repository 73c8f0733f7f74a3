using System.Globalization;
using System.Numerics;
using Cerise.Data.ChatTemplates.Builtins;
using Cerise.Data.ChatTemplates.Text;

namespace Cerise.Data.ChatTemplates.Values;

/// <summary>None.</summary>
internal sealed class NoneValue : Value
{
    public static NoneValue Instance { get; } = new();

    public override string TypeName => "NoneType";

    public override bool IsTrue => false;

    public override void WriteRepr(TextBuffer output) => output.Append("None");
}

/// <summary>True or False.</summary>
internal sealed class BooleanValue(bool value) : Value
{
    public static BooleanValue True { get; } = new(true);

    public static BooleanValue False { get; } = new(false);

    public bool Value { get; } = value;

    public override string TypeName => "bool";

    public override bool IsTrue => Value;

    public static BooleanValue Of(bool value) => value ? True : False;

    public override Value? Attribute(string name) => NumberMethods.Find(name, this);

    public override void WriteRepr(TextBuffer output) => output.Append(Value ? "True" : "False");
}

/// <summary>An integer of any size up to <see cref="MaxBits"/>.</summary>
internal sealed class IntegerValue(BigInteger value) : Value
{
    /// <summary>About 4,300 digits: larger ones Python does not print either.</summary>
    public const int MaxBits = 14_280;

    private static readonly IntegerValue[] Small = [.. Enumerable.Range(0, 256).Select(i => new IntegerValue(i))];

    public BigInteger Value { get; } = value;

    public override string TypeName => "int";

    public override bool IsTrue => !Value.IsZero;

    public static IntegerValue Of(int value) => (uint)value < (uint)Small.Length ? Small[value] : new IntegerValue(value);

    /// <summary>The result of a calculation.</summary>
    /// <exception cref="TemplateFault">It is too large.</exception>
    public static IntegerValue Of(BigInteger value)
    {
        if (value.Sign >= 0 && value < Small.Length)
            return Small[(int)value];
        if (value.GetBitLength() > MaxBits)
            throw new TemplateFault("Exceeds the limit (4300 digits) for integers");
        return new IntegerValue(value);
    }

    public override Value? Attribute(string name) => NumberMethods.Find(name, this);

    public override void WriteRepr(TextBuffer output) => output.Append(Value.ToString(CultureInfo.InvariantCulture));
}

/// <summary>A float.</summary>
internal sealed class FloatValue(double value) : Value
{
    public double Value { get; } = value;

    public override string TypeName => "float";

    public override bool IsTrue => Value != 0;

    public override Value? Attribute(string name) => NumberMethods.Find(name, this);

    public override void WriteRepr(TextBuffer output) => output.Append(PythonFloat.Repr(Value));
}

/// <summary>Bounds of a slice, as x[start:stop:step] hands them on.</summary>
internal sealed class SliceValue(Value start, Value stop, Value step) : Value
{
    public Value Start { get; } = start;

    public Value Stop { get; } = stop;

    public Value Step { get; } = step;

    public override string TypeName => "slice";

    public override void WriteRepr(TextBuffer output)
    {
        output.Append("slice(");
        Start.WriteRepr(output);
        output.Append(", ");
        Stop.WriteRepr(output);
        output.Append(", ");
        Step.WriteRepr(output);
        output.Append(')');
    }
}
