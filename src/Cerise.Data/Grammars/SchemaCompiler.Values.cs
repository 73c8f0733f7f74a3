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
        (NumberBound? low, NumberBound? high) = Bounds(schema);
        decimal? step = Step(schema);
        if (low is null && high is null && step is null or 1)
            return _syntax.Integer(from);
        (NumberBound lower, NumberBound upper) = Both(low, high, IntegerRange.Most);
        decimal least = decimal.Ceiling(lower.Value), most = decimal.Floor(upper.Value);
        least += lower.IsOpen && least == lower.Value ? 1 : 0;
        most -= upper.IsOpen && most == upper.Value ? 1 : 0;
        int to = _builder.Node();
        new IntegerRange(_builder, to, 0, WholeStep(step ?? 1)).Add(from, (long)Math.Max(-IntegerRange.Most, least), (long)Math.Min(IntegerRange.Most, most));
        return to;
    }

    private int Number(int from, SchemaReader schema)
    {
        (NumberBound? low, NumberBound? high) = Bounds(schema);
        decimal? step = Step(schema);
        if (low is null && high is null && step is null)
            return _syntax.Number(from);
        int places = new[] { low?.Value, high?.Value, step }.Max(value => Places(value ?? 0));
        if (places > NumberRange.MostPlaces)
            throw new GrammarException(schema.Path, $"a bound or multipleOf has more than {NumberRange.MostPlaces} digits after the point; use fewer");
        decimal scale = Scale(places);
        (NumberBound lower, NumberBound upper) = Both(low, high, decimal.Floor(IntegerRange.Most / scale));
        if (Math.Max(Math.Max(Math.Abs(lower.Value), Math.Abs(upper.Value)), step ?? 0) * scale > IntegerRange.Most)
            throw new GrammarException(schema.Path, "the bounds and multipleOf together have more than 18 digits before and after the point; use fewer");
        return new NumberRange(_builder, _syntax, places, (long?)(step * scale)).Add(
            from, lower with { Value = lower.Value * scale }, upper with { Value = upper.Value * scale });
    }

    // On the side that has no bound, as far as numbers go.
    private static (NumberBound Low, NumberBound High) Both(NumberBound? low, NumberBound? high, decimal most)
    {
        decimal widest = Math.Min(most, Math.Max(Math.Abs(low?.Value ?? 0), Math.Abs(high?.Value ?? 0)) < 1e15m ? 999_999_999_999_999 : IntegerRange.Most);
        return (low ?? new NumberBound(-widest, false), high ?? new NumberBound(widest, false));
    }

    private static decimal? Step(SchemaReader schema) =>
        schema.Number("multipleOf") is not { } step ? null : step > 0 ? step : throw schema.Fault("multipleOf", "is not above 0");

    // The whole numbers that are multiples of a step are those of its smallest whole multiple.
    private static long WholeStep(decimal step)
    {
        decimal whole = step * Scale(Places(step)), rest = Scale(Places(step));
        (decimal a, decimal b) = (whole, rest);
        while (b != 0)
            (a, b) = (b, a % b);
        return (long)Math.Min(whole / a, IntegerRange.Most);
    }

    // Digits after the point, without zeros at the end.
    private static int Places(decimal value)
    {
        int places = value.Scale;
        while (places > 0 && decimal.Round(value, places - 1) == value)
            places--;
        return places;
    }

    private static decimal Scale(int places)
    {
        decimal scale = 1;
        for (int place = 0; place < places; place++)
            scale *= 10;
        return scale;
    }

    private static (NumberBound? Low, NumberBound? High) Bounds(SchemaReader schema)
    {
        NumberBound? low = Tighter(schema.Number("minimum"), OpenBound(schema, "exclusiveMinimum"), (a, b) => a > b);
        NumberBound? high = Tighter(schema.Number("maximum"), OpenBound(schema, "exclusiveMaximum"), (a, b) => a < b);
        return (low, high);
    }

    private static decimal? OpenBound(SchemaReader schema, string key) =>
        schema.Schema.TryGetPropertyValue(key, out JsonNode? node) && node?.GetValueKind() is JsonValueKind.True or JsonValueKind.False
            ? throw schema.Fault(key, "is a flag of an old draft; give the bound itself")
            : schema.Number(key);

    private static NumberBound? Tighter(decimal? closed, decimal? open, Func<decimal, decimal, bool> isTighter) => (closed, open) switch
    {
        (null, null) => null,
        ({ } value, null) => new NumberBound(value, false),
        (null, { } value) => new NumberBound(value, true),
        ({ } a, { } b) => isTighter(a, b) ? new NumberBound(a, false) : new NumberBound(b, true),
    };
}
