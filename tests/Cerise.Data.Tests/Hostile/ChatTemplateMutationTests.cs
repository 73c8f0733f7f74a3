using System.Text;
using System.Text.Json.Nodes;
using Cerise.Data.Tests.ChatTemplates;
using Cerise.Testing;

namespace Cerise.Data.Tests.Hostile;

/// <summary>Damaged chat templates, and whole ones that meet damaged conversations.</summary>
public sealed class ChatTemplateMutationTests
{
    private static readonly ChatTemplateOptions Options = new()
    {
        MaxSteps = 200_000,
        MaxOutputLength = 1 << 18,
        Clock = new FixedClock(new DateTime(2025, 7, 10, 12, 0, 0)),
    };

    // Every statement of the language, and most of its filters, tests and methods.
    private static readonly string[] Templates =
    [
        """
        {%- set ns = namespace(first=true, last=-1) -%}
        {%- macro show(m, depth=0) -%}{{ m.role|upper }}: {{ m['content']|trim|default('', true) }}{{ caller() if caller else '' }}{%- endmacro -%}
        {%- if messages[0].role == 'system' -%}{%- set system = messages[0].content -%}{%- set messages = messages[1:] -%}{%- elif not messages -%}{{ raise_exception('none') }}{%- else -%}{%- set system = none -%}{%- endif -%}
        {%- for m in messages if m.role != 'x' recursive -%}
          {%- if loop.first and not loop.last or loop.index0 % 2 == 1 -%}{%- continue -%}{%- endif -%}
          {% generation %}{{ show(m, depth=loop.depth) }}{% endgeneration %}
          {%- if loop.index > 5 -%}{%- break -%}{%- endif -%}
          {%- set ns.last = loop.index -%}{{ loop.cycle('a', 'b') }}{{ loop(m.children) if m.children }}
        {%- else -%}nothing{%- endfor -%}
        {{ system|tojson(indent=2) }}{% call show(messages[-1]) %}inside{% endcall %}{% filter upper|replace('A', 'b') %}text{% endfilter %}{# comment #}{% raw %}{{ x }}{% endraw %}
        """,
        """
        {{ [3, 1, 2]|sort(reverse=true)|join(', ') }} {{ messages|selectattr('role', 'equalto', 'user')|map(attribute='content')|list|length }} {{ messages|groupby('role') }}
        {{ 'a-b'.split('-')[0].upper().strip().startswith('A') }} {{ {'a': 1, 'b': [1, 2.5, none]}.items()|list }} {{ '%s %d %5.2f'|format('a', 3, 2.5) }} {{ '{:>5} {x!r}'.format(1, x='y') }}
        {{ range(1, 10, 3)|list }} {{ 7 // 2 ** 3 % 5 - -1 }} {{ 'x' ~ 1 ~ [1][0] }} {{ strftime_now('%d %b %Y') }} {{ 1 if 2 in [1, 2] else 3 }} {{ (1, 2)|first }} {{ 'abc'[::-1] }} {{ x is defined and x is not none }}
        {{ tools|tojson }} {{ 'text with words'|wordcount }} {{ 'text with words'|wordwrap(5)|indent(2, true) }} {{ [1, [2]]|string|batch(2)|list }} {{ 3.7|round(0, 'floor')|int }} {{ "a\tb\u00e9"|e }} {{ messages|reverse|unique|sum(start=0) if false }}
        """,
        "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' ~ message['content'] + '<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}",
    ];

    private const string Variables = """
        {"messages":[{"role":"system","content":"S"},{"role":"user","content":"Q \u00e9","children":[]},{"role":"assistant","content":"A","reasoning_content":"R","tool_calls":[{"id":"c","type":"function",
         "function":{"name":"f","arguments":{"a":1,"b":[1.5,true,null,"x"]}}}]},{"role":"tool","content":[{"type":"text","text":"T"}],"tool_call_id":"c"}],
         "tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object","properties":{"a":{"type":"integer"}}}}}],
         "add_generation_prompt":true,"enable_thinking":false,"bos_token":"<s>","eos_token":"</s>","documents":[{"title":"t","text":"x"}],"x":3}
        """;

    private static readonly Mutator Words = new(
        "{{", "}}", "{%", "%}", "{%-", "-%}", "{#", "#}", "for ", " in ", "if ", "else", "endif", "endfor", "set ", "macro ", "endmacro", "call ", "filter ", "generation", "loop", "loop(messages)", "recursive", "break", "messages",
        "range(100000)", "range(10)", "namespace()", "|", "|length", "|sort", "|map(", "|tojson", "|join", ".__class__", ".__mro__", "__init__.__globals__", "['__class__']", "*", "**", "//", "%", "~", "*100000", "**9999", " is ", "not ", "and ",
        "lambda", "(", ")", "[", "]", "[::", "'", "\"", "\\x", "\\N{", "%s", "{0}", "{:>99999}", "%99999d", ".format(", ".join(", ".replace('',", ".split(", "self", "cycler(", "joiner(", "dict(", "raise_exception(", "strftime_now(", "lipsum(", "show(", "show(m)");

    [Fact]
    public void Template_source()
    {
        JsonObject variables = JsonNode.Parse(Variables)!.AsObject();
        New("chat template").Run([.. Templates.Select(Encoding.UTF8.GetBytes)], 12_000, bytes =>
            ChatTemplate.Parse(Encoding.UTF8.GetString(bytes), "hostile").RenderWithOrigins(variables, Options));
    }

    [Fact]
    public void Template_variables()
    {
        ChatTemplate[] templates = [.. Templates.Select(source => ChatTemplate.Parse(source, "hostile"))];
        New("template variables").Run([Encoding.UTF8.GetBytes(Variables)], 4000, bytes =>
        {
            // Whoever renders has read its JSON before; what is no object never comes here.
            if (Object(bytes) is not { } variables)
                throw new ChatTemplateException("hostile", "no object");
            foreach (ChatTemplate template in templates)
                template.RenderWithOrigins(variables, Options);
        });
    }

    [Theory]
    [InlineData("tokenizer_config.json", """{"bos_token":{"content":"<s>"},"eos_token":"</s>","chat_template":[{"name":"default","template":"{{ messages|length }}{{ bos_token }}"},{"name":"tool_use","template":"{{ tools|tojson }}"}]}""")]
    [InlineData("chat_template.json", """{"chat_template":"{% for m in messages %}{{ m.content }}{% endfor %}"}""")]
    public void Template_files(string name, string content)
    {
        JsonObject variables = JsonNode.Parse(Variables)!.AsObject();
        using TemporaryFolder folder = TestPaths.NewFolder();
        New($"template in {name}").Run([Encoding.UTF8.GetBytes(content)], 1500, bytes =>
        {
            File.WriteAllBytes(folder.File(name), bytes);
            ChatTemplate.Load(folder.Path).Render(variables, Options);
        });
    }

    private static Mutations New(string format) => new(format, typeof(ChatTemplateException)) { Mutator = Words };

    private static JsonObject? Object(byte[] json)
    {
        try
        {
            return JsonNode.Parse(json) as JsonObject is { } found && found.ToJsonString().Length > 0 ? found : null;
        }
        catch (Exception error) when (error is System.Text.Json.JsonException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }
}
