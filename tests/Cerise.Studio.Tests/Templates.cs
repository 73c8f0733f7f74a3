using Cerise.Data;

namespace Cerise.Studio.Tests;

/// <summary>Small chat templates.</summary>
internal static class Templates
{
    private const string Conversation = """
        {%- if tools %}tools {{ tools | tojson }}
        {% endif %}
        {%- for m in messages %}<|im_start|>{{ m.role }}
        {{ m.content }}{% if m.name %} name={{ m.name }}{% endif %}{% if m.tool_calls %}{% for call in m.tool_calls %}
        <tool_call>{{ call.id }} {{ call.function | tojson }}</tool_call>{% endfor %}{% endif %}<|im_end|>
        {% endfor %}{{ '<|im_start|>assistant\n' }}
        """;

    /// <summary>ChatML, with tools as Qwen2.5 knows them.</summary>
    public static ChatTemplate ChatMl { get; } = Of(Conversation);

    /// <summary>The same, with the reasoning opened by the prompt.</summary>
    public static ChatTemplate Thinking { get; } = Of(Conversation + "{{ '<think>\\n' }}");

    /// <summary>A template.</summary>
    public static ChatTemplate Of(string source) => ChatTemplate.Parse(source, "test");
}
