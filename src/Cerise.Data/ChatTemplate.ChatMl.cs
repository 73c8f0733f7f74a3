namespace Cerise.Data;

public sealed partial class ChatTemplate
{
    /// <summary>The name by which recipes ask for <see cref="ChatMl"/>.</summary>
    public const string ChatMlName = "chatml";

    /// <summary>
    /// ChatML, the form of OpenAI and Qwen: <c>&lt;|im_start|&gt;role</c>, a line feed, the content, <c>&lt;|im_end|&gt;</c>, a line feed. For base models that have no template; what
    /// the assistant is to write is marked by <c>{% generation %}</c>.
    /// </summary>
    public static ChatTemplate ChatMl { get; } = Parse(
        """
        {%- for message in messages -%}
            {{- '<|im_start|>' + message.role + '\n' -}}
            {%- if message.role == 'assistant' -%}
                {%- generation -%}{{- message.content + '<|im_end|>' -}}{%- endgeneration -%}
            {%- else -%}
                {{- message.content + '<|im_end|>' -}}
            {%- endif -%}
            {{- '\n' -}}
        {%- endfor -%}
        {%- if add_generation_prompt -%}
            {{- '<|im_start|>assistant\n' -}}
        {%- endif -%}
        """, ChatMlName);
}
