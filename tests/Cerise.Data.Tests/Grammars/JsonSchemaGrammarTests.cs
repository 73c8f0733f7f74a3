using System.Text.Json.Nodes;
using Cerise.Data.Grammars;

namespace Cerise.Data.Tests.Grammars;

public sealed class JsonSchemaGrammarTests
{
    private const string Person = """
        {"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer","minimum":0,"maximum":150},"tags":{"type":"array","items":{"enum":["a","b"]},"maxItems":2}},
        "required":["name","age"],"additionalProperties":false}
        """;

    [Theory]
    [InlineData(Person, """{"name":"Ann","age":42}""", true)]
    [InlineData(Person, """{"name": "Ann", "age": 0, "tags": ["a", "b"]}""", true)]
    [InlineData(Person, """{"name":"Ann"}""", false)]
    [InlineData(Person, """{"name":"Ann","age":151}""", false)]
    [InlineData(Person, """{"name":"Ann","age":1.5}""", false)]
    [InlineData(Person, """{"age":1,"name":"Ann"}""", false)]
    [InlineData(Person, """{"name":"Ann","age":1,"more":1}""", false)]
    [InlineData(Person, """{"name":"Ann","age":1,"tags":["a","a","a"]}""", false)]
    [InlineData("""{"type":"object","properties":{"a":{"type":"null"}},"additionalProperties":{"type":"integer"}}""", """{"a":null,"b":1,"ab":2}""", true)]
    [InlineData("""{"type":"object","properties":{"a":{"type":"null"}},"additionalProperties":{"type":"integer"}}""", """{"b":1}""", true)]
    [InlineData("""{"type":"object","properties":{"a":{"type":"null"}},"additionalProperties":{"type":"integer"}}""", """{"b":1,"a":2}""", false)]
    [InlineData("""{"type":"object","properties":{"a":{"type":"null"}},"additionalProperties":{"type":"integer"}}""", """{"a":1}""", false)]
    [InlineData("""{"type":"object","properties":{"a":true}}""", """{"b":1}""", false)]
    [InlineData("""{"type":"object"}""", """{"b":[1]}""", true)]
    [InlineData("""{"type":"object","required":["x"]}""", """{"x":1}""", true)]
    [InlineData("""{"type":"object","required":["x"]}""", """{"y":1}""", false)]
    [InlineData("""{"type":"object","maxProperties":1,"minProperties":1}""", """{"y":1}""", true)]
    [InlineData("""{"type":"object","maxProperties":1,"minProperties":1}""", """{}""", false)]
    [InlineData("""{"type":["string","null"]}""", "null", true)]
    [InlineData("""{"type":"string","nullable":true}""", "null", true)]
    [InlineData("""{"type":["string","null"]}""", "1", false)]
    [InlineData("""{"type":"array","prefixItems":[{"type":"integer"},{"type":"string"}]}""", """[1,"a"]""", true)]
    [InlineData("""{"type":"array","prefixItems":[{"type":"integer"},{"type":"string"}]}""", """[1,"a",2]""", false)]
    [InlineData("""{"type":"array","prefixItems":[{"type":"integer"}],"items":{"type":"string"},"minItems":2}""", """[1,"a","b"]""", true)]
    [InlineData("""{"type":"array","prefixItems":[{"type":"integer"}],"items":{"type":"string"},"minItems":2}""", """[1]""", false)]
    [InlineData("""{"type":"array","maxItems":0}""", "[]", true)]
    [InlineData("""{"type":"array","maxItems":0}""", "[1]", false)]
    [InlineData("""{"anyOf":[{"type":"integer"},{"type":"string","maxLength":2}]}""", "\"ab\"", true)]
    [InlineData("""{"anyOf":[{"type":"integer"},{"type":"string","maxLength":2}]}""", "\"abc\"", false)]
    [InlineData("""{"type":"object","required":["b"],"anyOf":[{"properties":{"a":{"const":1},"b":true}},{"properties":{"b":{"const":2}}}]}""", """{"b":2}""", true)]
    [InlineData("""{"type":"object","required":["b"],"anyOf":[{"properties":{"a":{"const":1},"b":true}},{"properties":{"b":{"const":2}}}]}""", """{"a":2,"b":1}""", false)]
    [InlineData("""{"allOf":[{"minimum":1},{"maximum":3}],"type":"integer"}""", "3", true)]
    [InlineData("""{"allOf":[{"minimum":1},{"maximum":3}],"type":"integer"}""", "4", false)]
    [InlineData("""{"$ref":"#/$defs/n","$defs":{"n":{"type":"object","properties":{"v":{"type":"integer"},"next":{"anyOf":[{"$ref":"#/$defs/n"},{"type":"null"}]}},"required":["v","next"]}}}""", """{"v":1,"next":{"v":2,"next":null}}""", true)]
    [InlineData("""{"$ref":"#/$defs/n","$defs":{"n":{"type":"object","properties":{"v":{"type":"integer"},"next":{"anyOf":[{"$ref":"#/$defs/n"},{"type":"null"}]}},"required":["v","next"]}}}""", """{"v":1,"next":{"v":2}}""", false)]
    [InlineData("""{"$ref":"#/$defs/a~1b","description":"x","$defs":{"a/b":{"const":5}}}""", "5", true)]
    [InlineData("""{"$ref":"#/$defs/n","minimum":3,"$defs":{"n":{"type":"integer","maximum":5}}}""", "4", true)]
    [InlineData("""{"$ref":"#/$defs/n","minimum":3,"$defs":{"n":{"type":"integer","maximum":5}}}""", "2", false)]
    [InlineData("""{"const":{"b":[1,"é"],"a":null}}""", """{"b":[1,"é"],"a":null}""", true)]
    [InlineData("""{"enum":[1,"1",null],"type":["integer","null"]}""", "\"1\"", false)]
    [InlineData("""{"type":"string","minLength":2,"maxLength":3}""", "\"日😀\"", true)]
    [InlineData("""{"type":"string","minLength":2,"maxLength":3}""", "\"\\ud83d\\ude00\"", false)]
    [InlineData("""{"type":"string","minLength":2,"maxLength":3}""", "\"a\\n\\u0041\"", true)]
    [InlineData("""{"type":"string","pattern":"^a+(b|c)$"}""", "\"aac\"", true)]
    [InlineData("""{"type":"string","pattern":"^a+(b|c)$"}""", "\"aa\"", false)]
    [InlineData("""{"type":"string","pattern":"b"}""", "\"abc\"", true)]
    [InlineData("""{"type":"string","pattern":"b"}""", "\"ac\"", false)]
    [InlineData("""{"type":"string","pattern":"^a|z$"}""", "\"xz\"", true)]
    [InlineData("""{"type":"string","pattern":"^a|z$"}""", "\"xa\"", false)]
    [InlineData("""{"type":"string","pattern":"^[\"\\\\]$"}""", "\"\\\"\"", true)]
    [InlineData("""{"type":"string","pattern":"^(?<y>[0-9]{2})(?:-[^0-9])?$"}""", "\"12-x\"", true)]
    [InlineData("""{"type":"string","format":"date"}""", "\"2024-02-28\"", true)]
    [InlineData("""{"type":"string","format":"date"}""", "\"2024-02-30\"", false)]
    [InlineData("""{"type":"string","format":"date-time"}""", "\"2024-12-31T23:59:59Z\"", true)]
    [InlineData("""{"type":"string","format":"uuid"}""", "\"123e4567-e89b-12d3-a456-426614174000\"", true)]
    [InlineData("""{"type":"string","format":"email"}""", "\"ann.lee@example.com\"", true)]
    [InlineData("""{"type":"string","format":"ipv4"}""", "\"256.1.1.1\"", false)]
    [InlineData("""{"type":"number","minimum":0,"maximum":1}""", "0.25", true)]
    [InlineData("""{"type":"number","minimum":0,"maximum":1}""", "1.0", true)]
    [InlineData("""{"type":"number","minimum":0,"maximum":1}""", "1.1", false)]
    [InlineData("""{"type":"number","minimum":0,"maximum":1}""", "-0.1", false)]
    [InlineData("""{"type":"number","exclusiveMinimum":0,"maximum":1}""", "0.0", false)]
    [InlineData("""{"type":"number","exclusiveMinimum":0,"maximum":1}""", "0.01", true)]
    [InlineData("""{"type":"number","minimum":-2}""", "-1.5", true)]
    [InlineData("""{"type":"number","minimum":-2}""", "-2.5", false)]
    [InlineData("""{"type":"number","exclusiveMaximum":-2}""", "-2", false)]
    [InlineData("""{"type":"number","exclusiveMaximum":-2}""", "-2.5", true)]
    [InlineData("""{"type":"number"}""", "1.5e-7", true)]
    [InlineData("""{"type":"integer","multipleOf":1}""", "12", true)]
    [InlineData("""{"minimum":3}""", "2", false)]
    [InlineData("true", "[1]", true)]
    [InlineData("{}", "[1]", true)]
    [InlineData("""{"items":{"type":"null"}}""", "[null,null]", true)]
    [InlineData("""{"title":"t","x-mine":1,"type":"boolean","default":true}""", "true", true)]
    [InlineData("""{"type":"number","minimum":0.5,"maximum":4.5}""", "0.5", true)]
    [InlineData("""{"type":"number","minimum":0.5,"maximum":4.5}""", "0.50", true)]
    [InlineData("""{"type":"number","minimum":0.5,"maximum":4.5}""", "0.500", true)]
    [InlineData("""{"type":"number","minimum":0.5,"maximum":4.5}""", "4.5", true)]
    [InlineData("""{"type":"number","minimum":0.5,"maximum":4.5}""", "4.500", true)]
    [InlineData("""{"type":"number","minimum":0.5,"maximum":4.5}""", "2", true)]
    [InlineData("""{"type":"number","minimum":0.5,"maximum":4.5}""", "0.4", false)]
    [InlineData("""{"type":"number","minimum":0.5,"maximum":4.5}""", "0.4999", false)]
    [InlineData("""{"type":"number","minimum":0.5,"maximum":4.5}""", "4.51", false)]
    [InlineData("""{"type":"number","minimum":0.5,"maximum":4.5}""", "4.5001", false)]
    [InlineData("""{"type":"number","minimum":0.5,"maximum":4.5}""", "0.51234", true)]
    [InlineData("""{"type":"number","minimum":0.5,"maximum":4.5}""", "4.49999", true)]
    [InlineData("""{"type":"number","minimum":0.5,"maximum":4.5}""", "5", false)]
    [InlineData("""{"type":"number","minimum":0.5,"maximum":4.5}""", "0", false)]
    [InlineData("""{"type":"number","exclusiveMinimum":0.25}""", "0.25", false)]
    [InlineData("""{"type":"number","exclusiveMinimum":0.25}""", "0.250", false)]
    [InlineData("""{"type":"number","exclusiveMinimum":0.25}""", "0.2501", true)]
    [InlineData("""{"type":"number","exclusiveMinimum":0.25}""", "0.3", true)]
    [InlineData("""{"type":"number","exclusiveMinimum":-0.75,"maximum":10}""", "-0.74", true)]
    [InlineData("""{"type":"number","exclusiveMinimum":-0.75,"maximum":10}""", "-0.75", false)]
    [InlineData("""{"type":"number","exclusiveMinimum":-0.75,"maximum":10}""", "-0.7499", true)]
    [InlineData("""{"type":"number","exclusiveMinimum":-0.75,"maximum":10}""", "-0", true)]
    [InlineData("""{"type":"integer","multipleOf":5,"minimum":0,"maximum":100}""", "0", true)]
    [InlineData("""{"type":"integer","multipleOf":5,"minimum":0,"maximum":100}""", "5", true)]
    [InlineData("""{"type":"integer","multipleOf":5,"minimum":0,"maximum":100}""", "100", true)]
    [InlineData("""{"type":"integer","multipleOf":5,"minimum":0,"maximum":100}""", "105", false)]
    [InlineData("""{"type":"integer","multipleOf":5,"minimum":0,"maximum":100}""", "7", false)]
    [InlineData("""{"type":"integer","multipleOf":5,"minimum":0,"maximum":100}""", "-5", false)]
    [InlineData("""{"type":"integer","multipleOf":5,"minimum":0,"maximum":100}""", "35", true)]
    [InlineData("""{"type":"integer","multipleOf":7}""", "-14", true)]
    [InlineData("""{"type":"integer","multipleOf":7}""", "0", true)]
    [InlineData("""{"type":"integer","multipleOf":7}""", "123456789012342", false)]
    [InlineData("""{"type":"integer","multipleOf":7}""", "700000000000000", true)]
    [InlineData("""{"type":"integer","multipleOf":7}""", "3", false)]
    [InlineData("""{"type":"number","multipleOf":0.01}""", "3.14", true)]
    [InlineData("""{"type":"number","multipleOf":0.01}""", "3", true)]
    [InlineData("""{"type":"number","multipleOf":0.01}""", "3.1", true)]
    [InlineData("""{"type":"number","multipleOf":0.01}""", "3.10", true)]
    [InlineData("""{"type":"number","multipleOf":0.01}""", "3.141", false)]
    [InlineData("""{"type":"number","multipleOf":0.01}""", "-0.01", true)]
    [InlineData("""{"type":"number","multipleOf":0.01}""", "1e2", false)]
    [InlineData("""{"type":"number","multipleOf":2.5}""", "2.5", true)]
    [InlineData("""{"type":"number","multipleOf":2.5}""", "5", true)]
    [InlineData("""{"type":"number","multipleOf":2.5}""", "3", false)]
    [InlineData("""{"type":"number","multipleOf":2.5}""", "2.50", false)]
    [InlineData("""{"type":"number","multipleOf":2.5}""", "-7.5", true)]
    [InlineData("""{"type":"integer","multipleOf":2.5}""", "5", true)]
    [InlineData("""{"type":"integer","multipleOf":2.5}""", "10", true)]
    [InlineData("""{"type":"integer","multipleOf":2.5}""", "6", false)]
    [InlineData("""{"oneOf":[{"type":"object","properties":{"k":{"const":"a"},"v":{"type":"integer"}},"required":["k","v"]},{"type":"object","properties":{"k":{"const":"b"}},"required":["k"]}]}""", "{\"k\":\"a\",\"v\":1}", true)]
    [InlineData("""{"oneOf":[{"type":"object","properties":{"k":{"const":"a"},"v":{"type":"integer"}},"required":["k","v"]},{"type":"object","properties":{"k":{"const":"b"}},"required":["k"]}]}""", "{\"k\":\"b\"}", true)]
    [InlineData("""{"oneOf":[{"type":"object","properties":{"k":{"const":"a"},"v":{"type":"integer"}},"required":["k","v"]},{"type":"object","properties":{"k":{"const":"b"}},"required":["k"]}]}""", "{\"k\":\"a\"}", false)]
    [InlineData("""{"oneOf":[{"type":"integer","maximum":3},{"type":"number","minimum":3.5},{"type":["string","null"]},{"enum":[true]}]}""", "3.75", true)]
    [InlineData("""{"oneOf":[{"$ref":"#/$defs/a"},{"allOf":[{"$ref":"#/$defs/b"},{"required":["y"]}]}],"$defs":{"a":{"type":"object","properties":{"x":{"type":"null"}},"required":["x"]},"b":{"type":"object","properties":{"y":{"type":"null"}}}}}""", "{\"y\":null}", true)]
    [InlineData("""{"type":"object","propertyNames":{"type":"string"},"additionalProperties":{"type":"integer"}}""", """{"a":1}""", true)]
    [InlineData("""{"type":"string","contentEncoding":"base64","maxLength":4}""", "\"YQ==\"", true)]
    public void A_text_fits_where_the_schema_says_so(string schema, string text, bool fits) => Assert.Equal(fits, JsonSchemaGrammar.Parse(schema).Accepts(text));

    [Theory]
    [InlineData("""{"type":"array","contains":{"type":"integer"}}""", "#/contains: this keyword is not known here and cannot be kept to; leave it out")]
    [InlineData("""{"properties":{"a/b":{"not":{}}}}""", "#/properties/a~1b/not: this keyword is not known here and cannot be kept to; leave it out")]
    [InlineData("""{"type":"text"}""", "#/type: 'text' is not a type; use object, array, string, number, integer, boolean or null")]
    [InlineData("""{"type":"array","uniqueItems":true}""", "#/uniqueItems: cannot be kept to; leave it out")]
    [InlineData("""{"type":"array","items":[{}]}""", "#/items: is a list; use prefixItems")]
    [InlineData("""{"type":"string","format":"color"}""", "#/format: 'color' is not known; use one of date, time, date-time, duration, email, hostname, ipv4, ipv6, uuid, uri, or a pattern")]
    [InlineData("""{"type":"string","pattern":"a(?=b)"}""", "#/pattern: the pattern has a group that looks ahead or back at character 3; use literals, classes, groups, alternatives, repetitions, ^ and $")]
    [InlineData("""{"type":"string","pattern":"a\\1"}""", "#/pattern: the pattern has '\\1' at character 3; use literals, classes, groups, alternatives, repetitions, ^ and $")]
    [InlineData("""{"type":"string","pattern":"(a"}""", "#/pattern: the pattern has '(' without ')' at character 2; use literals, classes, groups, alternatives, repetitions, ^ and $")]
    [InlineData("""{"type":"string","pattern":"a^b"}""", "#/pattern: the pattern has ^ or $ elsewhere than at the beginning or end; leave it out there")]
    [InlineData("""{"type":"string","pattern":"a","maxLength":3}""", "#/pattern: beside minLength or maxLength cannot be kept to; put the length into the pattern")]
    [InlineData("""{"type":"string","minLength":-1}""", "#/minLength: is not a whole number from 0 on")]
    [InlineData("""{"type":"string","maxLength":"3"}""", "#/maxLength: is not a number")]
    [InlineData("""{"$ref":"#/nowhere"}""", "#/$ref: '#/nowhere' leads nowhere in the schema")]
    [InlineData("""{"$ref":"https://example.com/a"}""", "#/$ref: 'https://example.com/a' leads out of the schema; put what it refers to under $defs")]
    [InlineData("""{"enum":[1],"type":"string"}""", "#: no value of enum or const fits the other keywords")]
    [InlineData("""{"anyOf":[]}""", "#/anyOf: is empty")]
    [InlineData("""{"allOf":[{"pattern":"a"},{"pattern":"b"}]}""", "#/pattern: stands in several schemas that must all hold, and cannot be merged; write it once")]
    [InlineData("""{"properties":{"a":{}},"required":["b"],"additionalProperties":false}""", "#/required: names 'b', which properties lack and additionalProperties forbids")]
    [InlineData("""{"properties":{"a":{}},"minProperties":1}""", "#/minProperties: beside properties or required cannot be kept to; say which are required")]
    [InlineData("""{"type":"array","minItems":3,"maxItems":2}""", "#/minItems: asks for more items than there can be")]
    [InlineData("3", "#: a schema is an object, true or false")]
    [InlineData("false", "no text fits the grammar: some part can never be fulfilled, or needs bytes that the vocabulary has no token for")]
    [InlineData("""{"type":"integer","minimum":3,"maximum":2}""", "no text fits the grammar: some part can never be fulfilled, or needs bytes that the vocabulary has no token for")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]}""", "no text fits the grammar: some part can never be fulfilled, or needs bytes that the vocabulary has no token for")]
    [InlineData("""{"$ref":"#"}""", "#: refers to itself without anything in between, so it has no meaning; let the reference stand inside a property or an item")]
    [InlineData("""{"anyOf":[{"$ref":"#"},{"type":"null"}]}""", "#: refers to itself without anything in between, so it has no meaning; let the reference stand inside a property or an item")]
    [InlineData("""{"allOf":[{"$ref":"#"}]}""", "#: schemas within schemas go deeper than 128; does a merged reference lead back to itself?")]
    [InlineData("""{"oneOf":[{"type":"integer"},{"type":"number"}]}""", "#/oneOf: cannot be kept to: what 0 allows may fit 1 too; let their types or a required property's const tell them apart, or use anyOf")]
    [InlineData("""{"type":"object","properties":{"a":{},"b":{}},"oneOf":[{"required":["a"]},{"required":["b"]}]}""", "#/oneOf: cannot be kept to: what 0 allows may fit 1 too; let their types or a required property's const tell them apart, or use anyOf")]
    [InlineData("""{"oneOf":[{"type":"string"},{"required":["a"]}]}""", "#/oneOf: cannot be kept to: what 0 allows may fit 1 too; let their types or a required property's const tell them apart, or use anyOf")]
    [InlineData("""{"oneOf":[{"type":"object","properties":{"k":{"const":"a"}}},{"type":"object","properties":{"k":{"const":"b"}}}]}""", "#/oneOf: cannot be kept to: what 0 allows may fit 1 too; let their types or a required property's const tell them apart, or use anyOf")]
    [InlineData("""{"type":"integer","multipleOf":0}""", "#/multipleOf: is not above 0")]
    [InlineData("""{"type":"number","minimum":0.0000000000001}""", "#: a bound or multipleOf has more than 12 digits after the point; use fewer")]
    [InlineData("""{"type":"number","minimum":0.000000000001,"maximum":99999999}""", "#: the bounds and multipleOf together have more than 18 digits before and after the point; use fewer")]
    [InlineData("""{"type":"object","propertyNames":{"pattern":"^a"}}""", "#/propertyNames: other than strings cannot be kept to; leave it out")]
    public void What_cannot_be_kept_to_is_refused_by_name(string schema, string message) =>
        Assert.Equal(message, Assert.Throws<GrammarException>(() => JsonSchemaGrammar.Parse(schema)).Message);

    [Fact]
    public void Hostile_schemas_are_refused_in_bounded_time()
    {
        string Deep(int depth) => string.Concat(Enumerable.Repeat("""{"items":""", depth)) + "{}" + new string('}', depth);
        string[] hostile =
        [
            "", "{", "[", "nul", "\ud800", """{"const":"\ud800"}""", """{"\ud800":1}""", "{\"a\":1,\"a\":2}", Deep(5000), new string('[', 100_000), new string(' ', 2_000_000),
            """{"type":"string","maxLength":2000000000}""",
            """{"type":"string","pattern":"((((a{100}){100}){100}){100}){100}"}""",
            """{"type":"string","pattern":"(a{99999999999})"}""",
            """{"type":"string","pattern":"REP"}""".Replace("REP", new string('(', 5000), StringComparison.Ordinal),
            """{"type":"array","minItems":2000000000,"items":{"type":"integer"}}""",
            """{"type":"object","minProperties":2000000000}""",
            """{"type":"integer","multipleOf":99999999999}""",
            """{"type":"number","multipleOf":0.123456789}""",
            $$"""{"oneOf":[{{string.Join(',', Enumerable.Repeat("""{"anyOf":[{"type":"string"},{"type":"null"}]}""", 20_000))}}]}""",
            """{"oneOf":[{"$ref":"#"},{"$ref":"#"}]}""",
            $$"""{"oneOf":[{"enum":[{{string.Join(',', Enumerable.Range(0, 40_000))}}]},{"enum":[{{string.Join(',', Enumerable.Range(40_000, 40_000))}}]}]}""",
            """{"oneOf":[{"type":"array","items":{"$ref":"#"},"maxItems":1},{"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]},{"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]}]}""",
            """{"allOf":[{"properties":{"a":{"$ref":"#"}}},{"properties":{"a":{"$ref":"#/allOf/0"}}}]}""",
            """{"$ref":"#/$defs/a","minimum":1,"$defs":{"a":{"$ref":"#/$defs/b","minimum":1},"b":{"$ref":"#/$defs/a","minimum":1}}}""",
            $$"""{"enum":[{{string.Join(',', Enumerable.Range(0, 60_000).Select(i => $"\"number {i}\""))}}]}""",
        ];
        Assert.All(hostile, schema => Assert.Throws<GrammarException>(() => JsonSchemaGrammar.Parse(schema)));
    }

    [Fact]
    public void Alternatives_that_multiply_are_refused_where_there_are_too_many()
    {
        string Array(int depth, int most) => $"{{\"type\":\"array\",\"items\":{{\"$ref\":\"#/$defs/{depth - 1}\"}},\"maxItems\":{most}}}";
        IEnumerable<string> levels = Enumerable.Range(1, 14).Select(depth => $"\"{depth}\":{{\"anyOf\":[{Array(depth, 2 * depth)},{Array(depth, (2 * depth) + 1)}]}}");
        Grammar grammar = JsonSchemaGrammar.Parse("""{"$ref":"#/$defs/14","$defs":{"0":{"type":"null"},""" + string.Join(',', levels) + "}}");
        ITokenConstraint constraint = grammar.Start(Walks.Bytes);
        for (int i = 0; i < 9; i++)
            constraint.Accept('[');
        GrammarException error = Assert.Throws<GrammarException>(() =>
        {
            for (int i = 0; i < 5; i++)
                constraint.Accept('[');
        });
        Assert.Equal("the text so far can be read in more than 4096 ways; let alternatives begin differently", error.Message);
    }

    [Fact]
    public void Mutations_of_a_schema_raise_only_the_documented_exception()
    {
        TinyRandom random = new(9);
        string[] parts = ["{", "}", "[", "]", "\"", ":", ",", "null", "true", "-1", "1e9", "\"#\"", "\"$ref\"", "\"type\"", "\"allOf\"", "\"pattern\"", "\"^(a|b){2,}$\"", "\\", "*"];
        for (int trial = 0; trial < 4000; trial++)
        {
            string schema = trial % 2 == 0 ? Person : """{"$ref":"#/$defs/n","$defs":{"n":{"anyOf":[{"type":"string","pattern":"^[a-z]+(x|y)?$"},{"type":"array","items":{"$ref":"#/$defs/n"},"minItems":1}]}}}""";
            for (int change = 1 + random.Below(3); change > 0; change--)
            {
                int at = random.Below(schema.Length), length = Math.Min(random.Below(12), schema.Length - at);
                schema = schema[..at] + (random.Below(2) == 0 ? parts[random.Below(parts.Length)] : "") + schema[(at + length)..];
            }
            try
            {
                JsonSchemaGrammar.Parse(schema);
            }
            catch (GrammarException)
            {
            }
        }
    }

    [Fact]
    public void A_long_bounded_string_keeps_to_its_bounds_to_the_character()
    {
        Grammar grammar = JsonSchemaGrammar.Parse("""{"type":"string","minLength":100,"maxLength":200}""");
        foreach (int length in (ReadOnlySpan<int>)[0, 1, 66, 67, 68, 99, 100, 101, 132, 133, 166, 167, 168, 199, 200, 201])
            Assert.Equal(length is >= 100 and <= 200, grammar.Accepts($"\"{new string('x', length)}\""));
        TokenVocabulary long33 = Walks.Of([.. Enumerable.Range(1, 33).Select(length => new string('y', length)), "y\"", "yy\""]);
        ITokenConstraint constraint = grammar.Start(long33);
        constraint.Accept('"');
        ulong[] allowed = new ulong[(long33.Size + 63) / 64];
        for (int read = 0; read <= 200; read++)
        {
            constraint.FillAllowed(allowed);
            bool Allows(int id) => (allowed[id / 64] >> (id % 64) & 1) == 1;
            for (int length = 1; length <= 32; length++)
                Assert.True(Allows(255 + length) == (read + length <= 200), $"{length} after {read}");
            Assert.Equal(read is >= 100, Allows('"'));
            Assert.Equal(read is >= 99 and < 200, Allows(255 + 34));
            Assert.Equal(read is >= 98 and < 199, Allows(255 + 35));
            if (read < 200)
                constraint.Accept('y');
        }
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 12)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Every_walk_through_a_random_schema_ends_in_a_valid_text(int seed)
    {
        RandomSchemas schemas = new(seed);
        TinyRandom random = new(1000 + seed);
        int ended = 0;
        for (int trial = 0; trial < 25; trial++)
        {
            JsonNode schema = schemas.Next();
            Grammar grammar;
            try
            {
                grammar = JsonSchemaGrammar.Parse(schema.ToJsonString());
            }
            catch (GrammarException error) when (error.Message.StartsWith("no text fits", StringComparison.Ordinal) || error.Message.Contains("asks for more items", StringComparison.Ordinal)
                || error.Message.Contains("oneOf: cannot be kept to", StringComparison.Ordinal))
            {
                continue;
            }
            SchemaValidator validator = new(schema);
            for (int walk = 0; walk < 4; walk++)
            {
                if (Walks.Random(grammar, Walks.Pieces, random.Below, 400) is not { } text)
                    continue;
                JsonNode? value = JsonNode.Parse(text);
                Assert.True(validator.IsValid(value), $"{text} is not valid by {schema.ToJsonString()}");
                ended++;
            }
        }
        Assert.InRange(ended, 40, 100);
    }
}
