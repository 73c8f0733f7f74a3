using System.Text;
using System.Text.Json.Nodes;

namespace Cerise.Testing;

/// <summary>Damages JSON that stays JSON: values that change places or kind, keys that change names, lists that repeat.</summary>
internal static class JsonMutator
{
    private static readonly string[] Values =
    [
        "null", "true", "false", "\"\"", "\"x\"", "\"a b\"", "\"\\u0000\"", "\"\u2581\"", "[]", "{}", "[null]", "[[]]", "[[[[[[[[]]]]]]]]", "{\"\":null}", "{\"type\":\"Sequence\"}", "[0,1,2]", "[\"a\",\"b\"]",
    ];

    private static readonly string[] Numbers = [.. Mutator.Numbers.Where(IsJson)];

    /// <summary>One to three changes; null where the text is no JSON of an object or a list.</summary>
    public static byte[]? Damage(byte[] json, byte[] other, Dice dice)
    {
        if (Parse(json) is not { } root)
            return null;
        JsonNode foreign = Parse(other) ?? root;
        for (int changes = dice.Chance(60) ? 1 : 2 + dice.Below(2); changes > 0; changes--)
            Change(root, foreign, dice);
        return Encoding.UTF8.GetBytes(root.ToJsonString());
    }

    private static void Change(JsonNode root, JsonNode foreign, Dice dice)
    {
        (JsonNode parent, int index) = Place(root, dice);
        if (index < 0)
            return;
        switch (dice.Below(10))
        {
            case 0:
            case 1:
                Set(parent, index, JsonNode.Parse(dice.Pick(Values)));
                break;
            case 2:
            case 3:
                Set(parent, index, JsonNode.Parse(dice.Pick(Numbers)));
                break;
            case 4:
                Remove(parent, index);
                break;
            case 5:
                (JsonNode place, int from) = Place(dice.Chance(70) ? root : foreign, dice);
                Set(parent, index, from < 0 ? null : Get(place, from)?.DeepClone());
                break;
            case 6:
                (JsonNode second, int at) = Place(root, dice);
                JsonNode? here = Get(parent, index)?.DeepClone(), there = at < 0 ? null : Get(second, at)?.DeepClone();
                if (at >= 0)
                    Set(second, at, here);
                if (index < Count(parent))
                    Set(parent, index, there);
                break;
            case 7:
                JsonNode? inner = Get(parent, index)?.DeepClone();
                for (int depth = dice.Chance(80) ? dice.Below(5) : dice.Below(60); depth >= 0; depth--)
                    inner = dice.Chance(50) ? new JsonArray(inner) : new JsonObject { ["a"] = inner };
                Set(parent, index, inner);
                break;
            case 8:
                Rename(parent, index, root, dice);
                break;
            default:
                if (parent is JsonArray items && items.Count < 1000)
                    for (int times = 1 + dice.Below(50); times > 0; times--)
                        items.Add(items[index]?.DeepClone());
                else
                    Set(parent, index, JsonValue.Create(new string((char)('a' + dice.Below(3)), dice.Below(3000))));
                break;
        }
    }

    /// <summary>A value, found by going down at random, so that the few settings are met as often as the many entries of a table.</summary>
    private static (JsonNode Parent, int Index) Place(JsonNode root, Dice dice)
    {
        JsonNode node = root;
        while (true)
        {
            if (Count(node) == 0)
                return (node, -1);
            int index = dice.Below(Count(node));
            if (Get(node, index) is not { } child || Count(child) == 0 || dice.Chance(25))
                return (node, index);
            node = child;
        }
    }

    private static void Rename(JsonNode parent, int index, JsonNode root, Dice dice)
    {
        if (parent is not JsonObject members)
            return;
        (string key, JsonNode? value) = members.GetAt(index);
        (JsonNode place, int other) = Place(root, dice);
        string name = other >= 0 && place is JsonObject named ? named.GetAt(other).Key : key + "x";
        members.RemoveAt(index);
        members[name] = value?.DeepClone();
    }

    private static int Count(JsonNode node) => node switch { JsonObject members => members.Count, JsonArray items => items.Count, _ => 0 };

    private static JsonNode? Get(JsonNode parent, int index) => parent is JsonObject members ? members.GetAt(index).Value : parent.AsArray()[index];

    private static void Set(JsonNode parent, int index, JsonNode? value)
    {
        if (parent is JsonObject members)
            members.SetAt(index, value);
        else
            parent.AsArray()[index] = value;
    }

    private static void Remove(JsonNode parent, int index)
    {
        if (parent is JsonObject members)
            members.RemoveAt(index);
        else
            parent.AsArray().RemoveAt(index);
    }

    private static bool IsJson(string text) => text is not ("NaN" or "Infinity" or "0x10" or "1_000");

    private static JsonNode? Parse(byte[] json)
    {
        try
        {
            return JsonNode.Parse(json) is JsonObject or JsonArray ? JsonNode.Parse(json) : null;
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }
}
