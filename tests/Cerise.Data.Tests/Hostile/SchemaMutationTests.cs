using System.Text;
using Cerise.Data.Grammars;
using Cerise.Testing;

namespace Cerise.Data.Tests.Hostile;

/// <summary>Damaged JSON schemas, as a client may send them.</summary>
public sealed class SchemaMutationTests
{
    private static readonly string[] Schemas =
    [
        """{"type":"object","properties":{"name":{"type":"string","minLength":1,"maxLength":20},"age":{"type":"integer","minimum":0,"maximum":150},"tags":{"type":"array","items":{"enum":["a","b",1,null]},"minItems":1,"maxItems":5}},"required":["name","age"],"additionalProperties":false}""",
        """{"$defs":{"node":{"type":"object","properties":{"value":{"type":["number","null"]},"next":{"anyOf":[{"$ref":"#/$defs/node"},{"type":"null"}]}},"required":["value"]}},"$ref":"#/$defs/node"}""",
        """{"type":"array","prefixItems":[{"const":"x"},{"type":"string","pattern":"^[a-z]{2,5}(-[0-9]+)?$"}],"items":{"allOf":[{"type":"object"},{"properties":{"d":{"type":"string","format":"date"}}}]}}""",
    ];

    private static readonly Mutator Words = new("\"$ref\":\"#\"", "\"type\":", "\"pattern\":", "\"(a+)+\"", "\"a{1,99999}\"", "\"maxLength\":", "\"maxItems\":", "\"anyOf\":", "\"allOf\":", "\"enum\":", "\"properties\":", "\"required\":");

    [Fact]
    public void Schemas_of_answers() =>
        new Mutations("JSON schema", typeof(GrammarException)) { Mutator = Words, StructuredShare = 85, MaxBytes = 512L << 20 }
            .Run([.. Schemas.Select(Encoding.UTF8.GetBytes)], 2000, bytes => JsonSchemaGrammar.Parse(Encoding.UTF8.GetString(bytes)));

    [Theory]
    [InlineData("""{"$ref":"#"}""")]
    [InlineData("""{"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}},"$ref":"#/$defs/a"}""")]
    [InlineData("""{"allOf":[{"$ref":"#"}]}""")]
    public void References_in_a_circle_are_refused(string schema) => Assert.Throws<GrammarException>(() => JsonSchemaGrammar.Parse(schema));
}
