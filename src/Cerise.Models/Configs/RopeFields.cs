using System.Text.Json.Nodes;
using Cerise.Models.Checkpoints;

namespace Cerise.Models.Configs;

/// <summary>Rotary settings in all spellings: <c>rope_theta</c> with <c>rope_scaling</c>, or the newer <c>rope_parameters</c>.</summary>
internal static class RopeFields
{
    private const string Known = "default, linear, dynamic, llama3, yarn, longrope";
    private const string Original = "original_max_position_embeddings";

    public static RopeSettings Read(JsonFields fields, int maxPositions, DecoderDefaults defaults)
    {
        JsonFields? old = fields.OptionalObject("rope_scaling"), parameters = fields.OptionalObject("rope_parameters");
        if (defaults.RopeLayerType is { } type && parameters?.OptionalObject(type) is { } ofType)
            parameters = ofType;
        RopeScaling? ScalingOf(JsonFields? holder) => ReadScaling(holder, fields, maxPositions, defaults);
        RopeScaling? scaling = ScalingOf(parameters ?? old);
        if (parameters is not null && old is not null && ScalingOf(old) != scaling)
            throw fields.Fault("rope_scaling", "contradicts 'rope_parameters'; remove one of the two");
        // transformers 5 takes both from whichever object is there before it looks beside it.
        double theta = Positive(parameters, "rope_theta") ?? Positive(old, "rope_theta") ?? Positive(fields, "rope_theta") ?? defaults.RopeTheta;
        return new RopeSettings(theta, scaling, ReadPart(parameters, defaults) ?? ReadPart(old, defaults) ?? ReadPart(fields, defaults) ?? 1);
    }

    /// <summary>Sets the keys of a loaded file in the spelling it has; a fresh one gets the older spelling, which every reader knows.</summary>
    public static void Write(JsonObject root, RopeSettings rope)
    {
        JsonObject? node = rope.Scaling is null ? null : Describe(rope.Scaling);
        JsonObject holder = root;
        if (root["rope_parameters"] is JsonObject)
        {
            node ??= new JsonObject { ["rope_type"] = "default" };
            root["rope_parameters"] = holder = node;
            root.Remove("rope_theta");
            root.Remove("rope_scaling");
            root.Remove("partial_rotary_factor");
        }
        else
        {
            root["rope_scaling"] = node;
        }
        holder["rope_theta"] = rope.Theta;
        if (rope.PartialRotaryFactor != 1)
            holder["partial_rotary_factor"] = rope.PartialRotaryFactor;
        else
            holder.Remove("partial_rotary_factor");
        // Beside the others this key is read before the one among them.
        if (OriginalOf(rope.Scaling) is int original && (rope.Scaling is RopeScaling.LongRope || root.ContainsKey(Original)))
            root[Original] = original;
    }

    private static double? ReadPart(JsonFields? holder, DecoderDefaults defaults)
    {
        if (holder?.OptionalDouble("partial_rotary_factor") is not double part)
            return null;
        if (part != 1 && !defaults.AllowsPartialRotary)
            throw holder.Fault("partial_rotary_factor", "is not 1; this family rotates whole heads");
        return part is > 0 and <= 1 ? part : throw holder.Fault("partial_rotary_factor", "is not above 0 and at most 1");
    }

    private static RopeScaling? ReadScaling(JsonFields? fields, JsonFields root, int maxPositions, DecoderDefaults defaults)
    {
        if (fields is null)
            return null;
        if (fields.Keys.FirstOrDefault(fields.IsObject) is string nested)
            throw fields.Fault(nested, "is an object: settings for each kind of layer, which this family does not have");
        // Where both are given transformers goes by rope_type; "type" is the name it had before.
        string key = fields.Has("rope_type") ? "rope_type" : "type";
        string type = fields.OptionalString(key) ?? "default";
        return defaults.RopeType(type) switch
        {
            "default" => null,
            "linear" => new RopeScaling.Linear(Factor(fields)),
            "dynamic" => new RopeScaling.Dynamic(Factor(fields)),
            "llama3" => ReadLlama3(fields, OriginalOf(fields, root, defaults) ?? maxPositions),
            "yarn" => ReadYarn(fields, maxPositions, OriginalOf(fields, root, defaults)),
            "longrope" => ReadLongRope(fields, OriginalOf(fields, root, defaults) ?? maxPositions),
            _ => throw fields.Fault(key, $"is {CheckpointException.Quote(type)}; known are {Known}"),
        };
    }

    private static RopeScaling.LongRope ReadLongRope(JsonFields fields, int original)
    {
        return new RopeScaling.LongRope(Divisors(fields, "short_factor"), Divisors(fields, "long_factor"), original)
        {
            Factor = Positive(fields, "factor"),
            AttentionFactor = Positive(fields, "attention_factor"),
        };
    }

    private static double[] Divisors(JsonFields fields, string key)
    {
        double[] divisors = fields.OptionalDoubles(key) ?? throw fields.Fault(key, "is missing; a list of numbers above 0 is expected");
        return divisors.All(divisor => divisor > 0) ? divisors : throw fields.Fault(key, "has a number that is not above 0");
    }

    private static RopeScaling.Llama3 ReadLlama3(JsonFields fields, int original)
    {
        double low = Required(fields, "low_freq_factor"), high = Required(fields, "high_freq_factor");
        if (high <= low)
            throw fields.Fault("high_freq_factor", "is not above 'low_freq_factor'; exchange the two");
        return new RopeScaling.Llama3(Factor(fields), low, high, original);
    }

    private static RopeScaling.Yarn ReadYarn(JsonFields fields, int maxPositions, int? original)
    {
        var yarn = new RopeScaling.Yarn(YarnFactor(fields, maxPositions, original), original ?? maxPositions)
        {
            AttentionFactor = Positive(fields, "attention_factor"),
            Mscale = fields.OptionalDouble("mscale"),
            MscaleAllDim = fields.OptionalDouble("mscale_all_dim"),
            Truncate = fields.OptionalBool("truncate") ?? true,
        };
        yarn = yarn with { BetaFast = Positive(fields, "beta_fast") ?? yarn.BetaFast, BetaSlow = Positive(fields, "beta_slow") ?? yarn.BetaSlow };
        return yarn.BetaFast >= yarn.BetaSlow ? yarn : throw fields.Fault("beta_fast", "is below 'beta_slow'; exchange the two");
    }

    private static double Factor(JsonFields fields)
    {
        double factor = Required(fields, "factor");
        return factor >= 1 ? factor : throw fields.Fault("factor", "is below 1; scaling only ever stretches the context");
    }

    // Without a factor, the ratio that the two contexts say.
    private static double YarnFactor(JsonFields fields, int maxPositions, int? original) =>
        fields.Has("factor") || original is not int known || known > maxPositions ? Factor(fields) : (double)maxPositions / known;

    // Beside the others, or by the family's own default, the key counts before the one among them, as in transformers.
    private static int? OriginalOf(JsonFields fields, JsonFields root, DecoderDefaults defaults) =>
        root.OptionalInt(Original, 2, int.MaxValue) ?? defaults.OriginalMaxPositions ?? fields.OptionalInt(Original, 2, int.MaxValue);

    private static int? OriginalOf(RopeScaling? scaling) => scaling switch
    {
        RopeScaling.Llama3 llama3 => llama3.OriginalMaxPositionEmbeddings,
        RopeScaling.Yarn yarn => yarn.OriginalMaxPositionEmbeddings,
        RopeScaling.LongRope longRope => longRope.OriginalMaxPositionEmbeddings,
        _ => null,
    };

    private static double Required(JsonFields fields, string key)
        => Positive(fields, key) ?? throw fields.Fault(key, "is missing; a number above 0 is expected");

    private static double? Positive(JsonFields? fields, string key)
        => fields?.OptionalDouble(key) is not double value ? null : value > 0 ? value : throw fields.Fault(key, "is not above 0");

    private static JsonObject Describe(RopeScaling scaling)
    {
        var node = new JsonObject { ["rope_type"] = scaling.RopeType };
        switch (scaling)
        {
            case RopeScaling.Linear linear:
                node["factor"] = linear.Factor;
                break;
            case RopeScaling.Dynamic dynamic:
                node["factor"] = dynamic.Factor;
                break;
            case RopeScaling.Llama3 llama3:
                node["factor"] = llama3.Factor;
                node["low_freq_factor"] = llama3.LowFreqFactor;
                node["high_freq_factor"] = llama3.HighFreqFactor;
                node["original_max_position_embeddings"] = llama3.OriginalMaxPositionEmbeddings;
                break;
            case RopeScaling.LongRope longRope:
                // Phi-3's older readers want these three keys and no more.
                node.Remove("rope_type");
                node["type"] = longRope.RopeType;
                node["short_factor"] = List(longRope.ShortFactor);
                node["long_factor"] = List(longRope.LongFactor);
                foreach ((string key, double? value) in new[] { ("factor", longRope.Factor), ("attention_factor", longRope.AttentionFactor) })
                    if (value is not null)
                        node[key] = value;
                break;
            case RopeScaling.Yarn yarn:
                node["factor"] = yarn.Factor;
                node["original_max_position_embeddings"] = yarn.OriginalMaxPositionEmbeddings;
                node["beta_fast"] = yarn.BetaFast;
                node["beta_slow"] = yarn.BetaSlow;
                node["truncate"] = yarn.Truncate;
                foreach ((string key, double? value) in new[]
                    { ("attention_factor", yarn.AttentionFactor), ("mscale", yarn.Mscale), ("mscale_all_dim", yarn.MscaleAllDim) })
                    if (value is not null)
                        node[key] = value;
                break;
        }
        return node;
    }

    private static JsonArray List(IReadOnlyList<double> numbers) => new([.. numbers.Select(number => (JsonNode)number)]);
}
