using System.Text.Json.Nodes;
using Cerise.Testing;

namespace Cerise.Data.Tests.ChatTemplates;

public sealed class LoadingTests : IDisposable
{
    private readonly TemporaryFolder _folder = TestPaths.NewFolder();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Template_files_come_before_chat_template_json_and_that_before_tokenizer_config()
    {
        Assert.Null(ChatTemplate.TryLoad(_folder.Path));
        Write("tokenizer_config.json", """{"chat_template": "config"}""");
        Assert.Equal("config", Render());
        Write("chat_template.json", """{"chat_template": "processor"}""");
        Assert.Equal("processor", Render());
        Write("chat_template.jinja", "file");
        Assert.Equal("file", Render());
        Write("additional_chat_templates/rag.jinja", "rag");
        Assert.Equal("file", Render());
        Assert.Equal("rag", ChatTemplate.Load(_folder.Path, "rag").Render([]));
    }

    [Fact]
    public void Named_templates_are_chosen_by_name_and_tool_use_by_tools()
    {
        Write("tokenizer_config.json", """{"chat_template": [{"name": "default", "template": "d"}, {"name": "tool_use", "template": "t"}]}""");
        Assert.Equal("d", Render());
        Assert.Equal("d", Render(new JsonObject { ["tools"] = null }));
        Assert.Equal("t", Render(new JsonObject { ["tools"] = new JsonArray() }));
        Assert.Equal("d", ChatTemplate.Load(_folder.Path, "default").Render(new JsonObject { ["tools"] = new JsonArray() }));
        Assert.EndsWith(
            "there is no chat template 'x'. There is: 'default', 'tool_use'",
            Assert.Throws<ChatTemplateException>(() => ChatTemplate.Load(_folder.Path, "x")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_templates_without_a_default_want_a_name()
    {
        Write("additional_chat_templates/a.jinja", "a");
        Assert.EndsWith("Name one of: 'a'", Assert.Throws<ChatTemplateException>(() => ChatTemplate.Load(_folder.Path)).Message, StringComparison.Ordinal);
        Assert.Equal("a", ChatTemplate.Load(_folder.Path, "a").Render([]));
    }

    [Fact]
    public void Special_tokens_are_variables_unless_the_conversation_sets_them()
    {
        Write("chat_template.jinja", "{{ bos_token }}{{ eos_token }}{{ pad_token is defined }}{{ additional_special_tokens[0] }}{{ image_token }}{{ soi_token }}");
        Write("tokenizer_config.json", """
            {"bos_token": "<s>", "eos_token": {"content": "</s>", "lstrip": false}, "pad_token": null,
             "additional_special_tokens": ["<a>"], "extra_special_tokens": {"image_token": "<i>"}, "model_specific_special_tokens": {"soi_token": "<soi>"},
             "added_tokens_decoder": {}}
            """);
        Write("special_tokens_map.json", """{"bos_token": "<old>"}""");
        ChatTemplate template = ChatTemplate.Load(_folder.Path);
        Assert.Equal("<s></s>False<a><i><soi>", template.Render([]));
        Assert.Equal("!</s>False<a><i><soi>", template.Render(new JsonObject { ["bos_token"] = "!" }));
        Assert.Equal("<s>", template.SpecialTokens["bos_token"]);
    }

    [Fact]
    public void An_old_tokenizer_config_leaves_its_special_tokens_to_the_map()
    {
        Write("chat_template.jinja", "{{ bos_token }}{{ eos_token }}");
        Write("tokenizer_config.json", """{"bos_token": "<config>", "eos_token": "</s>"}""");
        Write("special_tokens_map.json", """{"bos_token": {"content": "<map>"}}""");
        Assert.Equal("<map></s>", Render());
    }

    [Fact]
    public void What_is_saved_is_loaded_again_with_every_name()
    {
        Write("tokenizer_config.json", """{"chat_template": [{"name": "default", "template": "d\r\n\n"}, {"name": "tool_use", "template": "t"}]}""");
        using TemporaryFolder other = TestPaths.NewFolder();
        ChatTemplate.Load(_folder.Path).Save(other.File("model"));
        Assert.Equal("d\r\n\n", File.ReadAllText(other.File("model/chat_template.jinja")));
        var loaded = ChatTemplate.Load(other.File("model"));
        Assert.Equal("d\r\n\n", loaded.Source);
        Assert.Equal("d\n", loaded.Render([]));
        Assert.Equal("t", loaded.Render(new JsonObject { ["tools"] = new JsonArray() }));
        Assert.Empty(Directory.EnumerateFiles(other.Path, "*.partial", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("tokenizer_config.json", "{", "not valid JSON")]
    [InlineData("tokenizer_config.json", "[]", "a JSON object is expected")]
    [InlineData("tokenizer_config.json", """{"chat_template": 5}""", "chat_template must be a text or a list of named ones")]
    [InlineData("tokenizer_config.json", """{"chat_template": ["x"]}""", "each item must have a name and a template")]
    [InlineData("tokenizer_config.json", """{"chat_template": "\ud800"}""", "half of a surrogate pair")]
    [InlineData("chat_template.jinja", "{% if", "unexpected 'end of template'")]
    public void A_damaged_file_is_named_with_what_is_wrong(string name, string content, string message)
    {
        Write(name, content);
        ChatTemplateException e = Assert.Throws<ChatTemplateException>(() => ChatTemplate.Load(_folder.Path));
        Assert.StartsWith(_folder.File(name), e.Message, StringComparison.Ordinal);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_may_be_one_of_the_files()
    {
        Write("tokenizer_config.json", """{"chat_template": "config", "bos_token": "<s>"}""");
        Write("any.txt", "{{ 1 }}");
        Assert.Equal("config", ChatTemplate.Load(_folder.File("tokenizer_config.json")).Render([]));
        Assert.Equal("1", ChatTemplate.Load(_folder.File("any.txt")).Render([]));
        Assert.Contains("no such file", Assert.Throws<ChatTemplateException>(() => ChatTemplate.Load(_folder.File("none"))).Message, StringComparison.Ordinal);
        Assert.Contains("has no chat template", Assert.Throws<ChatTemplateException>(() => ChatTemplate.Load(Directory.CreateDirectory(_folder.File("empty")).FullName)).Message, StringComparison.Ordinal);
    }

    private string Render(JsonObject? variables = null) => ChatTemplate.Load(_folder.Path).Render(variables ?? []);

    private void Write(string name, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(name))!);
        File.WriteAllText(_folder.File(name), content);
    }
}
