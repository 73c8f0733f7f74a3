using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cerise.Data.Grammars;

/// <summary>Literals, strings and numbers.</summary>
internal sealed partial class SchemaCompiler
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = false };

    private int Literals(int from, SchemaReader schema)
    {
        JsonArray values = schema.List("enum") ?? [_merge.Copy(schema.Schema["const"], schema.Path)];
        IEnumerable<JsonNode?> kept = values;
        if (schema.Has("enum") && schema.Has("const"))
            kept = kept.Where(value => JsonNode.DeepEquals(value, schema.Schema["const"]));
        if (schema.Has("type"))
        {
            string[] types = Types(schema);
            kept = kept.Where(value => types.Any(type => IsOf(value, type)));
        }
        string[] texts = [.. kept.Select(value => value is null ? "null" : value.ToJsonString(Plain)).Distinct()];
        if (texts.Length == 0)
            throw new GrammarException(schema.Path, "no value of enum or const fits the other keywords");
        return _builder.Choice(from, texts.Select(text => (Func<int, int>)(at => _builder.Text(at, text))));
    }

    private static bool IsOf(JsonNode? value, string type) => (value?.GetValueKind() ?? JsonValueKind.Null) switch
    {
        JsonValueKind.Object => type == "object",
        JsonValueKind.Array => type == "array",
        JsonValueKind.String => type == "string",
        JsonValueKind.True or JsonValueKind.False => type == "boolean",
        JsonValueKind.Null => type == "null",
        _ => type == "number" || (type == "integer" && decimal.TryParse(
            value!.ToJsonString(), System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out decimal number)
            && number == decimal.Truncate(number)),
    };

    private int String(int from, SchemaReader schema)
    {
        (int? least, int? most) = (schema.Count("minLength"), schema.Count("maxLength"));
        string? pattern = schema.Text("pattern");
        string? format = schema.Text("format");
        if (format is not null)
        {
            if (pattern is not null)
                throw schema.Fault("format", "beside pattern cannot be kept to; give one of them");
            pattern = StringFormats.Pattern(format)
                ?? throw schema.Fault("format", $"'{format}' is not known; use one of {string.Join(", ", StringFormats.Names)}, or a pattern");
        }
        if (pattern is not null && (least is not null || most is not null))
            throw schema.Fault(format is null ? "pattern" : "format", "beside minLength or maxLength cannot be kept to; put the length into the pattern");
        if (pattern is not null)
        {
            StringPattern strings = new(_builder, _syntax, $"{schema.Path}/{(format is null ? "pattern" : "format")}");
            return _syntax.Quoted(from, at => strings.Add(at, pattern));
        }
        return least is null && most is null
            ? _syntax.String(from)
            : _syntax.Quoted(from, at => most < least ? _builder.Node() : _builder.RepeatAlike(at, least ?? 0, most, _syntax.Character));
    }

    private int Integer(int from, SchemaReader schema)
    {
        RefuseMultiples(schema);
        (Bound? low, Bound? high) = Bounds(schema);
        if (low is null && high is null)
            return _syntax.Integer(from);
        long least = low is { } lower ? (long)decimal.Ceiling(lower.Value) + (lower.IsOpen && lower.IsWhole ? 1 : 0) : -Widest(high!.Value.Value);
        long most = high is { } upper ? (long)decimal.Floor(upper.Value) - (upper.IsOpen && upper.IsWhole ? 1 : 0) : Widest(low!.Value.Value);
        return IntegerRange.Add(_builder, from, Math.Max(-IntegerRange.Most, least), Math.Min(IntegerRange.Most, most));
    }

    // Whole bounds: whole parts strictly between them take any fraction, and so do those at a bound on the side away from it.
    private int Number(int from, SchemaReader schema)
    {
        RefuseMultiples(schema);
        (Bound? low, Bound? high) = Bounds(schema);
        if (low is null && high is null)
            return _syntax.Number(from);
        foreach ((Bound? bound, string key) in new[] { (low, "minimum"), (high, "maximum") })
            if (bound is { IsWhole: false })
                throw schema.Fault(key, "is not a whole number and cannot be kept to for numbers with a fraction; use a whole bound or integers");
        Bound least = low ?? new Bound(-Widest(high!.Value.Value), false), most = high ?? new Bound(Widest(low!.Value.Value), false);
        int to = _builder.Node();
        int negative = _builder.Text(from, "-");
        Magnitudes(negative, to, Flipped(most), Flipped(least));
        Magnitudes(from, to, least.Value < 0 ? new Bound(0, false) : least, most);
        return to;
    }

    // Numbers without a sign from one bound to the other, which may be below 0.
    private void Magnitudes(int from, int to, Bound least, Bound most)
    {
        (long low, long high) = ((long)least.Value, (long)most.Value);
        if (high < 0 || (high == 0 && most.IsOpen) || high < low || (high == low && (least.IsOpen || most.IsOpen)))
            return;
        low = Math.Max(0, low);
        bool isOpen = least.IsOpen && least.Value >= 0;
        if (isOpen)
        {
            // Just above the bound: its whole part with a fraction that is not 0.
            if (low < high)
                _builder.Link(Positive(IntegerRange.Add(_builder, from, low, low)), to);
            low++;
        }
        if (low < high)
        {
            int whole = IntegerRange.Add(_builder, from, low, high - 1);
            _builder.Link(whole, to);
            _builder.Link(_syntax.Digits(_builder.Text(whole, "."), 1), to);
        }
        if (!most.IsOpen && low <= high)
        {
            int whole = IntegerRange.Add(_builder, from, high, high);
            _builder.Link(whole, to);
            _builder.Link(_builder.Repeat(_builder.Text(whole, "."), 1, JsonSyntax.MostDigits, at => _builder.Text(at, "0")), to);
        }
    }

    // A fraction above 0.
    private int Positive(int from)
    {
        int zeros = _builder.Repeat(_builder.Text(from, "."), 0, JsonSyntax.MostDigits - 1, at => _builder.Text(at, "0"));
        return _builder.Repeat(_builder.Byte(zeros, (byte)'1', (byte)'9'), 0, JsonSyntax.MostDigits - 1, _syntax.Digit);
    }

    private static Bound Flipped(Bound bound) => bound with { Value = -bound.Value };

    private static void RefuseMultiples(SchemaReader schema)
    {
        if (schema.Number("multipleOf") is not (null or 1))
            throw schema.Fault("multipleOf", "other than 1 cannot be kept to; leave it out");
        if (schema.Number("multipleOf") is 1 && Types(schema).Contains("number"))
            throw schema.Fault("multipleOf", "of numbers cannot be kept to; use the type integer");
    }

    private static (Bound? Low, Bound? High) Bounds(SchemaReader schema)
    {
        Bound? low = Tighter(schema.Number("minimum"), OpenBound(schema, "exclusiveMinimum"), (a, b) => a > b);
        Bound? high = Tighter(schema.Number("maximum"), OpenBound(schema, "exclusiveMaximum"), (a, b) => a < b);
        return (low, high);
    }

    private static decimal? OpenBound(SchemaReader schema, string key) =>
        schema.Schema.TryGetPropertyValue(key, out JsonNode? node) && node?.GetValueKind() is JsonValueKind.True or JsonValueKind.False
            ? throw schema.Fault(key, "is a flag of an old draft; give the bound itself")
            : schema.Number(key);

    private static Bound? Tighter(decimal? closed, decimal? open, Func<decimal, decimal, bool> isTighter) => (closed, open) switch
    {
        (null, null) => null,
        ({ } value, null) => new Bound(value, false),
        (null, { } value) => new Bound(value, true),
        ({ } a, { } b) => isTighter(a, b) ? new Bound(a, false) : new Bound(b, true),
    };

    // As far as numbers go on the side that has no bound.
    private static long Widest(decimal bound) => Math.Abs(bound) < 1e15m ? 999_999_999_999_999 : IntegerRange.Most;

    private readonly record struct Bound(decimal Value, bool IsOpen)
    {
        public bool IsWhole => Value == decimal.Truncate(Value);
    }
}
