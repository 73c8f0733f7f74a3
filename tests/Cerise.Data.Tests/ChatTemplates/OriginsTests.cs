using System.Text.Json.Nodes;

namespace Cerise.Data.Tests.ChatTemplates;

/// <summary>Which characters come from which message. A mark before each run says turn and message, a dash for none; G stands for generated.</summary>
public sealed class OriginsTests
{
    private const string Messages =
        """
        [{"role": "system", "content": " Sys "}, {"role": "user", "content": "Hi<x>ho"},
         {"role": "assistant", "content": "<think>why</think>Yo", "tool_calls": [{"name": "f", "arguments": {"n": 1, "s": "a\"b"}}]},
         {"role": "user", "content": "Bye"}]
        """;

    [Theory]
    [InlineData("{% for m in messages %}{{ m.role }}:{{ m.content }};{% endfor %}END",
        "[0-]system:[00] Sys [0-];[1-]user:[11]Hi<x>ho[1-];[2-]assistant:[22]<think>why</think>Yo[2-];[3-]user:[33]Bye[3-];[--]END")]
    [InlineData("{% for m in messages[1:2] %}{{ '(' + m['content']|trim + ')' }}{% endfor %}", "[1-]([11]Hi<x>ho[1-])")]
    [InlineData("{% for m in messages|reverse %}{{ loop.index }}{% endfor %}", "[3-]1[2-]2[1-]3[0-]4")]
    [InlineData("{% for m in messages|selectattr('role', 'eq', 'assistant') %}{{ m.content.split('</think>')[-1] }}.{% endfor %}", "[22]Yo[2-].")]
    [InlineData("{% for m in messages if m.role == 'user' %}{{ m.content ~ '|' }}{% endfor %}", "[11]Hi<x>ho[1-]|[33]Bye[3-]|")]
    // Content that the template moves keeps its message.
    [InlineData("{% set sys = messages[0].content|trim %}{% for m in messages[1:2] %}<{{ sys + '+' + m.content }}>{% endfor %}", "[1-]<[10]Sys[1-]+[11]Hi<x>ho[1-]>")]
    [InlineData("{% set ns = namespace(t='') %}{% for m in messages %}{% if m.role == 'user' %}{% set ns.t = ns.t ~ m.content ~ ',' %}{% endif %}{% endfor %}{{ ns.t }}", "[-1]Hi<x>ho[--],[-3]Bye[--],")]
    // Text that was written in a turn stays of that turn.
    [InlineData("{% set all %}{% for m in messages[3:] %}[{{ m.content }}]{% endfor %}{% endset %}({{ all|upper }})", "[--]([3-][[33]BYE[3-]][--])")]
    [InlineData("{% macro show(m) %}<{{ m.content }}>{% endmacro %}{% for m in messages[3:] %}{{ show(m) }}{% endfor %}{{ show(messages[0]) }}", "[3-]<[33]Bye[3-]>[--]<[-0] Sys [--]>")]
    // Filters and methods.
    [InlineData("{{ messages[1].content.replace('<x>', '-') }}", "[-1]Hi[--]-[-1]ho")]
    [InlineData("{{ messages[1].content.upper()[2:]|replace('HO', messages[3].content) }}", "[-1]<X>[-3]Bye")]
    [InlineData("{{ messages|map(attribute='content')|map('trim')|join('+') }}", "[-0]Sys[--]+[-1]Hi<x>ho[--]+[-2]<think>why</think>Yo[--]+[-3]Bye")]
    [InlineData("{{ '%s=%5s' % ('a', messages[3].content) }}|{{ '{}'.format(messages[3].content) }}", "[--]a=  [-3]Bye[--]|[-3]Bye")]
    [InlineData("{{ messages[3].content|indent(2, true) }}{{ messages[3].content[::-1] }}{{ messages[3].content.center(5, '.') }}", "[--]  [-3]ByeeyB[--].[-3]Bye[--].")]
    [InlineData("{{ messages[3].content[0] }}{% for c in messages[3].content[1:] %}{{ c }}.{% endfor %}{{ messages[3].content|e|list|last }}", "[-3]By[--].[-3]e[--].[-3]e")]
    [InlineData("{{ messages[1].content.partition('<x>') }}", "[--]('[-1]Hi[--]', '<x>', '[-1]ho[--]')")]
    // Tool calls are the message's from brace to brace.
    [InlineData("{% for m in messages %}{% for c in m.tool_calls or [] %}{{ c.name }}({{ c.arguments|tojson }}){% endfor %}{% endfor %}", "[22]f[2-]([22]{\"n\": 1, \"s\": \"a\\\"b\"}[2-])")]
    [InlineData("{% for k, v in messages[2].tool_calls[0].arguments|items %}{{ k }}={{ v }};{% endfor %}", "[-2]n[--]=[-2]1[--];[-2]s[--]=[-2]a\"b[--];")]
    [InlineData("{{ {'q': messages[3].content}|tojson }}{{ [messages[3].content] }}", "[--]{\"q\": \"[-3]Bye[--]\"}['[-3]Bye[--]']")]
    // A loop over numbers is about the message that has the number.
    [InlineData("{% for i in range(messages|length) %}({% set m = messages[i] %}{{ m.content[:2] }}){% endfor %}!", "[0-]([00] S[0-])[1-]([11]Hi[1-])[2-]([22]<t[2-])[3-]([33]By[3-])[--]!")]
    [InlineData("{% for i in range(2) %}.{{ messages[3].content }}{% endfor %}", "[--].[-3]Bye[--].[-3]Bye")]
    // A loop within a turn over other messages is about those; afterwards the turn goes on.
    [InlineData("{% for m in messages[3:] %}a{% for o in messages[:1] %}b{% endfor %}c{% endfor %}", "[3-]a[0-]b[3-]c")]
    // Within a macro such a loop looks things up for the turn that calls it.
    [InlineData("{% macro find() %}{% for o in messages %}{{ o.content[:2] if loop.last else '.' }}{% endfor %}{% endmacro %}{% for m in messages[:1] %}{{ find() }}{% endfor %}{{ find() }}", "[0-]...[03]By[0-].[1-].[2-].[33]By")]
    [InlineData("{% for m in messages[2:3] %}a{% generation %}{{ m.content[-2:] }}b{% endgeneration %}c{% endfor %}", "[2-]a[22G]Yo[2-G]b[2-]c")]
    public void Every_character_knows_its_turn_and_its_message(string template, string expected)
    {
        RenderedChat chat = ChatTemplate.Parse(template, "t").RenderWithOrigins(new JsonObject { ["messages"] = JsonNode.Parse(Messages) });
        Assert.Equal(expected, string.Concat(chat.Origins.Select(run =>
            $"[{Number(run.Turn)}{Number(run.Message)}{(run.Generated ? "G" : "")}]{chat.Text.AsSpan(run.Start, run.Length)}")));
        Assert.Equal(chat.Text, ChatTemplate.Parse(template, "t").Render(new JsonObject { ["messages"] = JsonNode.Parse(Messages) }));

        static string Number(int index) => index < 0 ? "-" : $"{index}";
    }

    [Fact]
    public void A_template_tells_whether_it_marks_what_is_generated()
    {
        Assert.True(ChatTemplate.Parse("{% for m in messages %}{% generation %}{% endgeneration %}{% endfor %}", "t").HasGenerationBlocks);
        Assert.False(ChatTemplate.Parse("{{ messages }}", "t").HasGenerationBlocks);
    }

    [Fact]
    public void Nothing_rendered_has_no_origins()
    {
        RenderedChat chat = ChatTemplate.Parse("", "t").RenderWithOrigins([]);
        Assert.Equal("", chat.Text);
        Assert.Empty(chat.Origins);
    }
}
