using System.Text.Json.Nodes;

namespace Cerise.Data.Tests.ChatTemplates;

/// <summary>Templates come from elsewhere: whatever they do ends in text or in the one exception.</summary>
public sealed class LimitsTests
{
    [Fact]
    public void A_long_word_is_wrapped_in_time_in_proportion() =>
        Assert.Equal("1999999", ChatTemplate.Parse("{{ ('\U0001F600'*1000000)|wordwrap(1)|length }}", "t").Render(new System.Text.Json.Nodes.JsonObject()));

    private const string Forever = "{% for i in range(100000) %}{% for j in range(100000) %}";

    [Theory]
    [InlineData(Forever + "{% endfor %}{% endfor %}", "MaxSteps")]
    [InlineData(Forever + "{% set x = i * j + 1 %}{% endfor %}{% endfor %}", "MaxSteps")]
    [InlineData(Forever + "{{ 'some text that is long enough to fill the output before the steps are used up' }}{% endfor %}{% endfor %}", "MaxOutputLength")]
    [InlineData("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "MaxDepth")]
    [InlineData("{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}", "MaxDepth")]
    [InlineData("{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}", "MaxDepth")]
    [InlineData("{% set ns = namespace(s='abcdefgh') %}{% for i in range(64) %}{% set ns.s = ns.s + ns.s %}{% endfor %}", "MaxOutputLength")]
    [InlineData("{% set ns = namespace(s='abcdefgh') %}{% for i in range(64) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}", "MaxOutputLength")]
    [InlineData("{% set ns = namespace(s='aaaaaaaa') %}{% for i in range(64) %}{% set ns.s = ns.s|replace('a', 'aaaa') %}{% endfor %}", "MaxOutputLength")]
    [InlineData("{% set ns = namespace(l=[1]) %}{% for i in range(64) %}{% set ns.l = ns.l + ns.l %}{% endfor %}", "MaxSteps")]
    [InlineData("{% set ns = namespace(l=['a' * 1000000]) %}{% for i in range(10000) %}{% set ns.l = ns.l + [('a' * 1000000) ~ i] %}{% endfor %}", "MaxSteps")]
    [InlineData("{% set a = 'a' * 10000000 %}{% set b = 'a' * 10000000 %}" + Forever + "{% if a == b %}{% endif %}{% endfor %}{% endfor %}", "MaxSteps")]
    [InlineData("{% set a = 'a' * 4000000 %}{% set b = 'a' * 2000000 + 'b' + 'a' * 1000000 %}{{ b in a }}", "MaxSteps")]
    [InlineData("{% set a = 'a' * 10000000 %}" + Forever + "{{ a is upper }}{% endfor %}{% endfor %}", "MaxSteps")]
    [InlineData("{{ 'a' * 100000000 }}", "longer than the limit")]
    [InlineData("{{ [0] * 1000000 }}", "longer than the limit")]
    [InlineData("{{ range(100001) }}", "Range too big")]
    [InlineData("{{ '%1000000000d' % 1 }}", "too big")]
    [InlineData("{{ '{:1000000000}'.format(1) }}", "Too many decimal digits")]
    [InlineData("{{ '%.1000f' % 1.5 }}", "precision of 1000")]
    [InlineData("{{ 10 ** (10 ** 10) }}", "limit (4300 digits)")]
    [InlineData("{% set ns = namespace(n=2) %}{% for i in range(100) %}{% set ns.n = ns.n * ns.n %}{% endfor %}", "limit (4300 digits)")]
    [InlineData("{% set ns = namespace(l=[]) %}{% for i in range(100000) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l }}", "nested too deeply")]
    [InlineData("{% set ns = namespace(l=[]) %}{% for i in range(100000) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l|tojson }}", "nested too deeply")]
    [InlineData("{% set ns = namespace(l=[], m=[]) %}{% for i in range(100000) %}{% set ns.l = [ns.l] %}{% set ns.m = [ns.m] %}{% endfor %}{{ ns.l == ns.m }}", "nested too deeply")]
    [InlineData("{% set ns = namespace(l=()) %}{% for i in range(100000) %}{% set ns.l = (ns.l,) %}{% endfor %}{{ {ns.l: 1} }}", "nested too deeply")]
    [InlineData("{{ [1]|batch(1000000000, 0)|list }}", "MaxRange")]
    [InlineData("{{ [1]|slice(1000000000)|list }}", "MaxRange")]
    public void A_template_that_would_not_end_stops_with_the_limit_it_meets(string template, string limit)
    {
        ChatTemplateException e = Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse(template, "t").Render([]));
        Assert.Contains(limit, e.Detail, StringComparison.Ordinal);
        Assert.Equal(1, e.Line);
    }

    [Theory]
    [InlineData("{{ ", "(", "1", ")", " }}")]
    [InlineData("{{ ", "[", "", "]", " }}")]
    [InlineData("{{ ", "-", "1", "", " }}")]
    [InlineData("{{ ", "not ", "1", "", " }}")]
    [InlineData("{{ x", ".x", "", "", " }}")]
    [InlineData("{{ x", "[x", "", "]", " }}")]
    [InlineData("{{ x", "|e", "", "", " }}")]
    [InlineData("{{ x", "()", "", "", " }}")]
    [InlineData("{{ ", "x if x else ", "x", "", " }}")]
    [InlineData("", "{% if x %}", "", "{% endif %}", "")]
    [InlineData("", "{% for x in y %}", "", "{% endfor %}", "")]
    [InlineData("{% set ", "(", "x", ")", " = 1 %}")]
    [InlineData("{{ {", "1: {", "", "}", "} }}")]
    [InlineData("{{ x is ", "eq(x is ", "odd", ")", " }}")]
    public void Deep_nesting_is_refused_before_the_stack_is(string before, string open, string inner, string close, string after)
    {
        string template = before + string.Concat(Enumerable.Repeat(open, 30_000)) + inner + string.Concat(Enumerable.Repeat(close, 30_000)) + after;
        ChatTemplateException e = Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse(template, "t"));
        Assert.Contains("nested deeper than", e.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Long_chains_of_operators_are_not_deep()
    {
        string sum = string.Join(" + ", Enumerable.Repeat("1", 10_000)), either = string.Join(" or ", Enumerable.Repeat("0", 10_000));
        string joined = string.Join(" ~ ", Enumerable.Repeat("''", 10_000)), branches = string.Concat(Enumerable.Repeat("{% elif 0 %}", 10_000));
        Assert.Equal("10000", Render($"{{{{ {sum} }}}}"));
        Assert.Equal("0", Render($"{{{{ {either} }}}}"));
        Assert.Equal("", Render($"{{{{ {joined} }}}}"));
        Assert.Equal("end", Render($"{{% if 0 %}}{branches}{{% else %}}end{{% endif %}}"));
    }

    [Fact]
    public void A_template_that_is_no_template_is_refused_by_its_size() => Assert.Contains(
        "too many for a template", Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse(new string('x', 2_000_000), "t")).Message, StringComparison.Ordinal);

    [Fact]
    public void Limits_are_options_and_say_what_is_wrong_with_them()
    {
        var template = ChatTemplate.Parse("{% for i in range(10) %}{{ i }}{% endfor %}", "t");
        Assert.Equal("0123456789", template.Render([], new ChatTemplateOptions { MaxSteps = 120, MaxOutputLength = 10, MaxRange = 10, MaxDepth = 1 }));
        Assert.Throws<ChatTemplateException>(() => template.Render([], new ChatTemplateOptions { MaxSteps = 20 }));
        Assert.Throws<ChatTemplateException>(() => template.Render([], new ChatTemplateOptions { MaxOutputLength = 9 }));
        Assert.Throws<ChatTemplateException>(() => template.Render([], new ChatTemplateOptions { MaxRange = 9 }));
        Assert.Equal(
            "MaxSteps is 0; at least 1 is needed; MaxRange is -1; it cannot be negative (Parameter 'options')",
            Assert.Throws<ArgumentException>(() => template.Render([], new ChatTemplateOptions { MaxSteps = 0, MaxRange = -1 })).Message);
    }

    [Fact]
    public void A_conversation_of_ten_thousand_messages_renders_in_steps_that_grow_with_it()
    {
        var template = ChatTemplate.Parse(
            "{%- for message in messages %}{%- if loop.first or message.role == 'user' or loop.last %}{{- '<|im_start|>' + message.role + '\n' }}{%- endif %}" +
            "{{- message.content | trim + '<|im_end|>' }}{%- endfor %}", "t");
        JsonArray messages = [.. Enumerable.Range(0, 10_000).Select(i => new JsonObject { ["role"] = i % 2 == 0 ? "user" : "assistant", ["content"] = $" number {i} " })];
        // Some thirty steps a message, and a step for eight characters: a quadratic renderer would need thousands a message.
        RenderedChat chat = template.RenderWithOrigins(new JsonObject { ["messages"] = messages }, new ChatTemplateOptions { MaxSteps = 10_000 * 50 });
        Assert.EndsWith("number 9999<|im_end|>", chat.Text, StringComparison.Ordinal);
        Assert.Equal(9_999, chat.Origins[^1].Turn);
    }

    [Fact]
    public void Mutated_templates_and_variables_raise_only_the_documented_exception()
    {
        const string Seed =
            "{%- macro t(a, b=2) -%}{{ a|string }}{%- for k, v in a.items() if v %}{{ k ~ v[1:] }}{% else %}x{% endfor %}{%- endmacro -%}" +
            "{% set ns = namespace(n=0, s='') %}{% for m in messages %}{% if m.role == 'user' and loop.index0 % 2 == 0 or not m.x is defined %}" +
            "{{ '<|' + m['content']|trim + '|>\\n' }}{% elif m.tool_calls %}{% for c in m.tool_calls %}{{ c|tojson(indent=2) }}{{ t(c.args, b=-1) }}{% endfor %}{% endif %}" +
            "{% set ns.n = ns.n + 1 %}{% generation %}{{ m.content.split('>')[-1].upper() }}{% endgeneration %}{# c #}{% endfor %}" +
            "{% raw %}{{ x }}{% endraw %}{{ '%5.1f|%s' % (1.5, ns.n) }}{{ '{:>4}'.format(ns.s) }}{{ [3, 1]|sort|join(',') }}{{ (1, 2)[0] if ns.n > 1 else {'a': 1}.a }}";
        const string Alphabet = "{}%#-+ \n'\"().,:|=<>!~*/[]_\\xabeimnorst0129é🎂\0";
        var variables = JsonNode.Parse(
            """{"messages": [{"role": "user", "content": "a>b"}, {"role": "assistant", "content": "c", "tool_calls": [{"args": {"k": "vw", "l": [1, 2]}}]}]}""")!.AsObject();
        var options = new ChatTemplateOptions { MaxSteps = 20_000 };
        uint state = 12345;
        int rendered = 0;
        for (int round = 0; round < 20_000; round++)
        {
            var text = new System.Text.StringBuilder(Seed);
            for (int edits = Draw(4) + 1; edits > 0; edits--)
                switch (Draw(3))
                {
                    case 0:
                        text.Remove(Draw(text.Length - 12), Draw(10) + 1);
                        break;
                    case 1:
                        text.Insert(Draw(text.Length), Alphabet[Draw(Alphabet.Length)]);
                        break;
                    default:
                        text.Insert(Draw(text.Length), text.ToString(Draw(text.Length - 20), Draw(19) + 1));
                        break;
                }
            try
            {
                ChatTemplate.Parse(text.ToString(), "t").RenderWithOrigins(variables, options);
                rendered++;
            }
            catch (ChatTemplateException)
            {
            }
        }
        Assert.InRange(rendered, 1_000, 19_000);

        int Draw(int below)
        {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            return (int)(state % (uint)below);
        }
    }

    private static string Render(string template) => ChatTemplate.Parse(template, "t").Render([]);
}
