using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cerise.Data.Grammars;

/// <summary>JSON that is valid by a JSON schema: OpenAI's structured outputs, and more.</summary>
/// <remarks>
/// Understood: <c>type</c> (also lists), <c>properties</c>, <c>required</c>, <c>additionalProperties</c>, <c>minProperties</c> and <c>maxProperties</c> (of objects
/// without <c>properties</c>), <c>enum</c>, <c>const</c>, <c>items</c>, <c>prefixItems</c>, <c>minItems</c>, <c>maxItems</c>, <c>anyOf</c>, <c>oneOf</c>
/// (where types, bounds or properties show that nothing made by one fits another),
/// <c>allOf</c> (whose members can be merged), <c>$ref</c> within the schema, also recursive, <c>minLength</c>, <c>maxLength</c>, <c>pattern</c> (regular ones),
/// <c>format</c>, <c>minimum</c>, <c>maximum</c>, <c>exclusiveMinimum</c>, <c>exclusiveMaximum</c>, <c>multipleOf</c>, <c>nullable</c>,
/// <c>propertyNames</c> (that they are strings). Titles, descriptions and the like are passed over; any other keyword is refused, for a constraint that is not kept to would be a lie.
/// What is made is valid, and not everything valid can be made: properties come in the order of the schema; where <c>properties</c> are given and
/// <c>additionalProperties</c> is not, there are no others; where <c>prefixItems</c> are given, all of them are there; names of additional properties have no escapes;
/// numbers have at most 16 digits before and after the point, and no exponent beside bounds or <c>multipleOf</c>; white space is bounded as in <see cref="JsonGrammar"/>.
/// </remarks>
public static class JsonSchemaGrammar
{
    /// <summary>Longest schema, bytes.</summary>
    public const int MostBytes = 1_000_000;

    // As deep as documents may be nested by default.
    private const int MostDepth = 64;

    /// <summary>The grammar of a schema.</summary>
    /// <param name="schema">An object, or true for anything.</param>
    /// <exception cref="GrammarException">The schema is malformed, too large, or asks for what cannot be kept to; the message names the place.</exception>
    public static Grammar Parse(JsonElement schema) => Parse(schema.GetRawText());

    /// <summary>The grammar of a schema.</summary>
    /// <param name="schema">JSON: an object, or true for anything.</param>
    /// <exception cref="GrammarException">The schema is malformed, too large, or asks for what cannot be kept to; the message names the place.</exception>
    public static Grammar Parse(string schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        byte[] bytes = schema.Length > MostBytes ? [] : Encoding.UTF8.GetBytes(schema);
        if (schema.Length > MostBytes || bytes.Length > MostBytes)
            throw new GrammarException("", $"the schema is longer than {MostBytes} bytes; use a smaller one");
        JsonNode? root;
        try
        {
            root = JsonNode.Parse(bytes, documentOptions: new JsonDocumentOptions { MaxDepth = MostDepth, AllowDuplicateProperties = false });
        }
        catch (JsonException error)
        {
            throw new GrammarException("", $"the schema is not JSON of at most {MostDepth} levels and different names: {error.Message}");
        }
        catch (InvalidOperationException)
        {
            throw HalfCharacter();
        }
        RequireText(root);
        AutomatonBuilder builder = new();
        SchemaCompiler compiler = new(builder, root);
        GrammarAutomaton automaton = builder.Build(compiler.Root());
        _ = automaton.Restrict([.. Enumerable.Repeat(true, 256)]);          // refused now, rather than when it is first used
        return new AutomatonGrammar(automaton);
    }

    // Strings are decoded when they are first read, and half a surrogate pair is found only then.
    private static void RequireText(JsonNode? node)
    {
        try
        {
            switch (node)
            {
                case JsonObject members:
                    foreach ((_, JsonNode? value) in members)
                        RequireText(value);
                    break;
                case JsonArray items:
                    foreach (JsonNode? item in items)
                        RequireText(item);
                    break;
                default:
                    if (node?.GetValueKind() == JsonValueKind.String)
                        node.GetValue<string>();
                    break;
            }
        }
        catch (InvalidOperationException)
        {
            throw HalfCharacter();
        }
    }

    private static GrammarException HalfCharacter() => new("", "a string of the schema holds half a surrogate pair, which is no character");
}
