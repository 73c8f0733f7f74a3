using System.Text.Json.Nodes;
using Cerise.Studio.Chat.ToolCalls;
using Cerise.Testing;

namespace Cerise.Studio.Tests.Chat.ToolCalls;

public sealed class ToolCallFormatTests
{
    private const string Tagged = "tools <tool_call>";
    private const string Mistral = "tools [TOOL_CALLS]";
    private const string Granite = "tools <|tool_call|>";
    private const string DeepSeek = "tools <｜tool▁calls▁begin｜>";
    private const string Llama = "tools \"parameters\"";

    [Theory]
    [InlineData(Tagged, "<tool_call>\n{\"name\": \"f\", \"arguments\": {\"a\": 1}}\n</tool_call>", "0:f={\"a\": 1}")]
    [InlineData(Tagged, "Let me see.\n<tool_call>{\"name\":\"f\",\"arguments\":{}}</tool_call>\n<tool_call>{\"name\":\"g\",\"arguments\":{\"b\":\"}\"}}</tool_call>", "Let me see.|0:f={}|1:g={\"b\":\"}\"}")]
    [InlineData(Tagged, "<think>a <tool_call> b</think>\n<tool_call>{\"name\":\"f\",\"arguments\":{}}</tool_call> Done.", "thinks:a <tool_call> b|0:f={}|Done.")]
    [InlineData(Tagged, "<tool_call>{\"arguments\":{\"a\":[1,{\"b\":2}]},\"name\":\"f\"}</tool_call>", "0:f={\"a\":[1,{\"b\":2}]}")]
    [InlineData(Tagged, "<tool_call>{\"name\":\"f\",\"arguments\":\"{\\\"a\\\": \\\"x\\\"}\"}</tool_call>", "0:f={\"a\": \"x\"}")]
    [InlineData(Tagged, "<tool_call>{\"name\":\"f\"}</tool_call>", "0:f={}")]
    [InlineData(Tagged, "<tool_call>{\"name\":\"f\",\"arguments\":null}</tool_call>", "0:f={}")]
    [InlineData(Tagged, "<tool_call>{\"name\":\"f\",\"arguments\":{\"a\": \"br", "0:f={\"a\": \"br")]
    [InlineData(Tagged, "<tool_call>{\"nam", "<tool_call>{\"nam")]
    [InlineData(Tagged, "<tool_call>{\"title\":\"f\"}</tool_call>", "<tool_call>{\"title\":\"f\"}</tool_call>")]
    [InlineData(Tagged, "2 < 3 and <tool_ is no call", "2 < 3 and <tool_ is no call")]
    [InlineData(Tagged, "<tool_call>\n<function=f>\n<parameter=a>\nx y\n</parameter>\n<parameter=n>\n3\n</parameter>\n</function>\n</tool_call>", "0:f={\"a\":\"x y\",\"n\":3}")]
    [InlineData(Tagged, "<tool_call>f\n<arg_key>a</arg_key>\n<arg_value>x</arg_value>\n<arg_key>b</arg_key>\n<arg_value>[1]</arg_value>\n</tool_call>", "0:f={\"a\":\"x\",\"b\":[1]}")]
    [InlineData(Mistral, "[TOOL_CALLS] [{\"name\": \"f\", \"arguments\": {\"a\": 1}, \"id\": \"x\"}, {\"name\": \"g\", \"arguments\": {}}]", "0:f={\"a\": 1}|1:g={}")]
    [InlineData(Mistral, "[TOOL_CALLS]f[ARGS]{\"a\": 1}", "0:f={\"a\": 1}")]
    [InlineData(Mistral, "[TOOL_CALLS]f{\"a\": {}}[TOOL_CALLS]g{}", "0:f={\"a\": {}}|1:g={}")]
    [InlineData(Mistral, "[TOOL_CALLS] 42", "[TOOL_CALLS] 42")]
    [InlineData(Granite, "<|tool_call|>[{\"name\": \"f\", \"arguments\": {}}]", "0:f={}")]
    [InlineData(
        DeepSeek,
        "I ask. <｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>f\n```json\n{\"a\": {\"b\": 1}}\n```<｜tool▁call▁end｜>\n<｜tool▁call▁begin｜>function<｜tool▁sep｜>g\n```json\n{}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
        "I ask.|0:f={\"a\": {\"b\": 1}}|1:g={}")]
    [InlineData(Llama, "{\"name\": \"f\", \"parameters\": {\"a\": 1}}", "0:f={\"a\": 1}")]
    [InlineData(Llama, "{\"name\": \"f\", \"parameters\": {}}; {\"name\": \"g\", \"parameters\": {}}", "0:f={}|1:g={}")]
    [InlineData(Llama, "{\"answer\": 42}", "{\"answer\": 42}")]
    [InlineData(Llama, "The answer: {\"name\": \"f\"}", "The answer: {\"name\": \"f\"}")]
    public void Calls_are_read_as_the_template_has_them(string template, string text, string expected) =>
        Assert.Equal(expected, Answers.Read(text, ToolCallFormat.Of(template)));

    [Fact]
    public void A_template_without_tools_has_no_format() => Assert.Null(ToolCallFormat.Of("{{ messages[0].content }}"));

    [Theory]
    [InlineData("Qwen-Qwen2.5-7B-Instruct", "<tool_call>")]
    [InlineData("Qwen3-Coder", "<tool_call>")]
    [InlineData("GLM-4.6", "<tool_call>")]
    [InlineData("mistralai-Mistral-Nemo-Instruct-2407", "[TOOL_CALLS]")]
    [InlineData("ibm-granite-granite-3.3-2B-Instruct", "<|tool_call|>")]
    public void Published_templates_are_known_by_what_they_hold(string name, string opening) =>
        Assert.Equal(opening, ToolCallFormat.Of(File.ReadAllText(TestPaths.SharedData($"chat_templates/templates/{name}.jinja")))!.Opening);

    [Theory]
    [InlineData(Tagged, "<tool_call>\n", "{\"type\":\"object\",\"properties\":{\"name\":{\"const\":\"f\"},\"arguments\":{\"type\":\"object\"}},\"required\":[\"name\",\"arguments\"],\"additionalProperties\":false}")]
    [InlineData(DeepSeek, "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>f\n```json\n", "{\"type\":\"object\"}")]
    [InlineData(Llama, "", "{\"type\":\"object\",\"properties\":{\"name\":{\"const\":\"f\"},\"parameters\":{\"type\":\"object\"}},\"required\":[\"name\",\"parameters\"],\"additionalProperties\":false}")]
    [InlineData(Mistral, "[TOOL_CALLS]", "{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"name\":{\"const\":\"f\"},\"arguments\":{\"type\":\"object\"}},\"required\":[\"name\",\"arguments\"],\"additionalProperties\":false},\"minItems\":1,\"maxItems\":1}")]
    public void A_forced_call_begins_as_the_template_has_it_and_keeps_to_a_schema(string template, string prefix, string schema)
    {
        ForcedCall forced = ToolCallFormat.Of(template)!.Force([Tool("f", "{\"type\":\"object\"}")], parallel: false);
        Assert.Equal(prefix, forced.Prefix);
        Assert.Equal(schema, forced.Schema.ToJsonString());
    }

    [Fact]
    public void References_of_a_tools_schema_are_counted_from_the_new_root()
    {
        ForcedCall forced = ToolCallFormat.Of(Tagged)!.Force(
            [Tool("f", "{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#/$defs/A\"}},\"$defs\":{\"A\":{\"type\":\"string\"}}}"), Tool("g", "{\"type\":\"object\"}")], parallel: true);
        Assert.Equal("#/$defs/tool0", (string?)forced.Schema["anyOf"]![0]!["properties"]!["arguments"]!["$ref"]);
        Assert.Equal("#/$defs/tool0/$defs/A", (string?)forced.Schema["$defs"]!["tool0"]!["properties"]!["a"]!["$ref"]);
        Assert.Equal("string", (string?)forced.Schema["$defs"]!["tool0"]!["$defs"]!["A"]!["type"]);
    }

    private static ToolDeclaration Tool(string name, string schema)
    {
        var parameters = (JsonObject)JsonNode.Parse(schema)!;
        return new ToolDeclaration(name, [], parameters);
    }
}
