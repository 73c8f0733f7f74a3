using System.Text.Json.Nodes;
using Cerise.Models.Checkpoints;

namespace Cerise.Models.Configs;

/// <summary>Rotary settings in all spellings: <c>rope_theta</c> with <c>rope_scaling</c>, or the newer <c>rope_parameters</c>.</summary>
internal static class RopeFields
{
    private const double DefaultTheta = 10_000;
    private const string Known = "default, linear, dynamic, llama3, yarn";

    public static (double Theta, RopeScaling? Scaling) Read(JsonFields fields, int maxPositions)
    {
        JsonFields? old = fields.OptionalObject("rope_scaling"), parameters = fields.OptionalObject("rope_parameters");
        RopeScaling? scaling = ReadScaling(parameters ?? old, maxPositions);
        if (parameters is not null && old is not null && ReadScaling(old, maxPositions) != scaling)
            throw fields.Fault("rope_scaling", "contradicts 'rope_parameters'; remove one of the two");
        double theta = (parameters is null ? null : Positive(parameters, "rope_theta")) ?? Positive(fields, "rope_theta") ?? DefaultTheta;
        foreach (JsonFields? holder in new[] { fields, parameters })
            if (holder?.OptionalDouble("partial_rotary_factor") is double part && part != 1)
                throw holder.Fault("partial_rotary_factor", "is not 1; rotating a part of a head is not supported");
        return (theta, scaling);
    }

    /// <summary>Sets the keys of a loaded file in the spelling it has; a fresh one gets the older spelling, which every reader knows.</summary>
    public static void Write(JsonObject root, double theta, RopeScaling? scaling)
    {
        JsonObject? node = scaling is null ? null : Describe(scaling);
        if (root["rope_parameters"] is not JsonObject)
        {
            root["rope_theta"] = theta;
            root["rope_scaling"] = node;
            return;
        }
        node ??= new JsonObject { ["rope_type"] = "default" };
        node["rope_theta"] = theta;
        root["rope_parameters"] = node;
        root.Remove("rope_theta");
        root.Remove("rope_scaling");
    }

    private static RopeScaling? ReadScaling(JsonFields? fields, int maxPositions)
    {
        if (fields is null)
            return null;
        if (fields.Keys.FirstOrDefault(fields.IsObject) is string nested)
            throw fields.Fault(nested, "is an object: settings for each kind of layer, which this family does not have");
        // Where both are given transformers goes by rope_type; "type" is the name it had before.
        string key = fields.Has("rope_type") ? "rope_type" : "type";
        string type = fields.OptionalString(key) ?? "default";
        return type switch
        {
            "default" => null,
            "linear" => new RopeScaling.Linear(Factor(fields)),
            "dynamic" => new RopeScaling.Dynamic(Factor(fields), Original(fields) ?? maxPositions),
            "llama3" => ReadLlama3(fields),
            "yarn" => ReadYarn(fields, maxPositions),
            _ => throw fields.Fault(key, $"is {CheckpointException.Quote(type)}; known are {Known}"),
        };
    }

    private static RopeScaling.Llama3 ReadLlama3(JsonFields fields)
    {
        double low = Required(fields, "low_freq_factor"), high = Required(fields, "high_freq_factor");
        if (high <= low)
            throw fields.Fault("high_freq_factor", "is not above 'low_freq_factor'; exchange the two");
        int original = Original(fields) ?? throw fields.Fault("original_max_position_embeddings", "is missing; a whole number is expected");
        return new RopeScaling.Llama3(Factor(fields), low, high, original);
    }

    private static RopeScaling.Yarn ReadYarn(JsonFields fields, int maxPositions)
    {
        var yarn = new RopeScaling.Yarn(Factor(fields), Original(fields) ?? maxPositions)
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

    private static int? Original(JsonFields fields) => fields.OptionalInt("original_max_position_embeddings", 1, int.MaxValue);

    private static double Required(JsonFields fields, string key)
        => Positive(fields, key) ?? throw fields.Fault(key, "is missing; a number above 0 is expected");

    private static double? Positive(JsonFields fields, string key)
        => fields.OptionalDouble(key) is not double value ? null : value > 0 ? value : throw fields.Fault(key, "is not above 0");

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
                node["original_max_position_embeddings"] = dynamic.OriginalMaxPositionEmbeddings;
                break;
            case RopeScaling.Llama3 llama3:
                node["factor"] = llama3.Factor;
                node["low_freq_factor"] = llama3.LowFreqFactor;
                node["high_freq_factor"] = llama3.HighFreqFactor;
                node["original_max_position_embeddings"] = llama3.OriginalMaxPositionEmbeddings;
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
}
