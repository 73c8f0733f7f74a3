using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cerise.Data.ChatTemplates.Running;
using Cerise.Data.ChatTemplates.Text;
using Cerise.Data.ChatTemplates.Values;

namespace Cerise.Data.ChatTemplates;

/// <summary>JSON as values of the language.</summary>
internal static class JsonValues
{
    private const string Messages = "messages";

    /// <summary>Sets the members of an object as variables. With origins, messages and their data know their numbers.</summary>
    public static void Read(JsonObject variables, Scope scope, bool withOrigins)
    {
        try
        {
            foreach ((string name, JsonNode? value) in variables)
                scope.Set(name, withOrigins && name == Messages && value is JsonArray messages ? ReadMessages(messages) : Read(value, -1));
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or JsonException)
        {
            throw new TemplateFault($"the variables are not valid: {e.Message}") { Position = 0 };
        }
    }

    /// <summary>A value that is no message's.</summary>
    public static Value Read(JsonNode? node) => Read(node, -1);

    private static ListValue ReadMessages(JsonArray messages) => new(
        [.. messages.Select((message, i) => message is JsonObject members ? ReadObject(members, i, isMessage: true) : Read(message, i))]);

    private static DictValue ReadObject(JsonObject members, int message, bool isMessage)
    {
        OrderedDictionary<Value, Value> items = DictValue.NewItems(members.Count);
        foreach ((string name, JsonNode? value) in members)
        {
            // Who speaks is the template's to say; what is said is the message's.
            int origin = isMessage && name is "role" or "name" ? -1 : message;
            items[StringValue.From(name, isMessage ? -1 : message)] = Read(value, origin);
        }
        return new DictValue(items) { Message = message, MessageIndex = isMessage ? message : -1 };
    }

    private static Value Read(JsonNode? node, int message)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (node)
        {
            case null:
                return message < 0 ? NoneValue.Instance : new NoneValue { Message = message };
            case JsonObject members:
                return ReadObject(members, message, isMessage: false);
            case JsonArray items:
                return new ListValue([.. items.Select(item => Read(item, message))]) { Message = message };
        }
        JsonValue value = node.AsValue();
        return value.GetValueKind() switch
        {
            JsonValueKind.String => StringValue.From(value.TryGetValue(out string? text) ? text : JsonSerializer.Deserialize<string>(value.ToJsonString())!, message),
            JsonValueKind.True => message < 0 ? BooleanValue.True : new BooleanValue(true) { Message = message },
            JsonValueKind.False => message < 0 ? BooleanValue.False : new BooleanValue(false) { Message = message },
            JsonValueKind.Number => ReadNumber(value.ToJsonString(), message),
            _ => NoneValue.Instance,
        };
    }

    private static Value ReadNumber(string text, int message)
    {
        if (text.AsSpan().ContainsAny(".eE"))
            return new FloatValue(double.Parse(text, CultureInfo.InvariantCulture)) { Message = message };
        BigInteger integer = PythonInteger.Parse(text, 10) ?? throw new TemplateFault("Exceeds the limit (4300 digits) for integers");
        return message < 0 ? IntegerValue.Of(integer) : new IntegerValue(integer) { Message = message };
    }
}
