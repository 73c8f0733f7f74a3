using System.Text.Json.Nodes;
using Cerise.Data;
using Cerise.Testing;

namespace Cerise.Cli.Tests.Docs;

/// <summary>The code of docs/how-to/use-chat-templates.md.</summary>
public sealed class UseChatTemplatesTests
{
    [Fact]
    public void A_folders_template_renders_messages_and_says_where_characters_come_from()
    {
        using TemporaryFolder own = TestPaths.NewFolder();
        string folder = own.Path;
        File.WriteAllText(own.File("chat_template.jinja"), "{% for m in messages %}{{ m.role + ': ' + m.content + '|' }}{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}");
        JsonArray messages = [new JsonObject { ["role"] = "user", ["content"] = "hi" }];

        ChatTemplate template = ChatTemplate.Load(folder);
        JsonObject variables = new() { ["messages"] = messages, ["add_generation_prompt"] = true };
        string text = template.Render(variables);
        RenderedChat chat = template.RenderWithOrigins(variables);                 // Text, and Origins: which message each character comes from

        Assert.Equal("user: hi|assistant: ", text);
        Assert.Equal(text, chat.Text);
        TextOrigin content = Assert.Single(chat.Origins, origin => origin.Message == 0);
        Assert.Equal("hi", chat.Text.Substring(content.Start, content.Length));
    }
}
