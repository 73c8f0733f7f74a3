using System.Text.Json.Nodes;

namespace Cerise.Data.Tests.ChatTemplates;

/// <summary>Corners of the language; every expected text is what Python's jinja2 3.1 in transformers' environment gives.</summary>
public sealed class LanguageTests
{
    private const string Context =
        """
        {"s": "Hello World", "u": "h\u00e9llo \ud83c\udf82 \u00df", "n": null, "t": true, "f": 1.5, "i": 7, "x": 5,
         "xs": [3, 1, 2], "d": {"b": 1, "a": [1, 2], "C": null},
         "msgs": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Yo"}, {"role": "user", "content": "Bye"}],
         "tree": [{"n": 1, "c": [{"n": 2, "c": []}, {"n": 3, "c": [{"n": 4, "c": []}]}]}]}
        """;

    [Theory]
    // Numbers
    [InlineData("{{ 7 // -2 }} {{ -7 % 3 }} {{ 7.5 // 2 }} {{ 2 ** 10 }} {{ 2 ** -1 }} {{ 7 / 2 }} {{ 2**3**2 }}", "-4 2 3.0 1024 0.5 3.5 64")]
    [InlineData("{{ 123456789012345678901234567890 * 10 }}", "1234567890123456789012345678900")]
    [InlineData("{{ 1e16 }} {{ 1e15 }} {{ 0.1 + 0.2 }} {{ 1e-5 }} {{ 100.0 }} {{ 1/3 }}", "1e+16 1000000000000000.0 0.30000000000000004 1e-05 100.0 0.3333333333333333")]
    [InlineData("{{ true + 1 }} {{ 1 == 1.0 == true }} {{ 1 < 2 < 3 < 3 }}", "2 True False")]
    [InlineData("{{ 2.675|round(2) }} {{ 0.5|round }} {{ 1.5|round }} {{ 42.55|round(1, 'floor') }} {{ 1234|round(-2) }}", "2.67 0.0 2.0 42.5 1200")]
    [InlineData("{{ '0x1F'|int(0, 16) }} {{ '1_000'|int }} {{ '42.9'|int }} {{ 'x'|int(-1) }} {{ ' 7 '|int }} {{ '1e3'|float }}", "31 1000 42 -1 7 1000.0")]
    // Texts
    [InlineData("{{ 'a' 'b' ~ 1 ~ none ~ true }}", "ab1NoneTrue")]
    [InlineData("{{ u|length }} {{ u[6] }} {{ u[::-1] }} {{ u.upper() }}", "9 🎂 ß 🎂 olléh HÉLLO 🎂 SS")]
    [InlineData("{{ u.find('ß') }} {{ u[5:7] }}|{{ u.split('🎂') }}", "8  🎂|['héllo ', ' ß']")]
    [InlineData("{{ s[-3:] }} {{ s[::2] }} {{ s[8:2:-2] }} {{ s[100] }}|{{ s[1.5] }}|", "rld HloWrd rWo ||")]
    [InlineData("{{ '  a b '.strip() }}|{{ 'xxaxx'.strip('x') }}|{{ 'a,b,,c'.split(',', 1) }}|{{ ' a  b '.split() }}|{{ 'a b c'.rsplit(' ', 1) }}", "a b|a|['a', 'b,,c']|['a', 'b']|['a b', 'c']")]
    [InlineData("{{ s.startswith(('x', 'He')) }} {{ s.replace('l', 'L', 2) }} {{ s.rfind('o') }} {{ s.partition(' ') }} {{ 'ab'.center(5, '*') }}", "True HeLLo World 7 ('Hello', ' ', 'World') **ab*")]
    [InlineData("{{ \"it's\".title() }} {{ \"it's a-b\"|title }} {{ 'aBC'.capitalize() }} {{ '12'.isdigit() }} {{ ''.isdigit() }}", "It'S It's A-B Abc True False")]
    [InlineData("{{ '%s is %5.2f, %d%% %r' % ('x', 1.005, 7.9, 'y') }}", "x is  1.00, 7% 'y'")]
    [InlineData("{{ '{:>5}|{:,}|{!r}|{0}'.format('a', 1) if false else '{:>5}|{:,}|{!r}'.format('a', 1234567, 'b') }}", "    a|1,234,567|'b'")]
    [InlineData("{{ '{a[b]} {a.c}'.format(a={'b': 1, 'c': 2}) }} {{ '%(k)s'|format(k=3) }}", "1 2 3")]
    [InlineData("{{ 'ΑΣ'.lower() }} {{ 'ﬁ'.upper() }} {{ 'ǆ'.title() }}", "ας FI ǅ")]
    // Lists, dictionaries, undefined
    [InlineData("{{ [1, 'a', none, 1.0, {'k': (1,)}] }} {{ () }} {{ {} }} {{ \"it's\" }} {{ [\"it's\"] }}", "[1, 'a', None, 1.0, {'k': (1,)}] () {} it's [\"it's\"]")]
    [InlineData("{{ d }} {{ d.items()|list }} {{ d.keys() }} {{ d.get('zz', 9) }} {{ d.zz is defined }}{{ d.zz }}", "{'b': 1, 'a': [1, 2], 'C': None} [('b', 1), ('a', [1, 2]), ('C', None)] dict_keys(['b', 'a', 'C']) 9 False")]
    [InlineData("{{ d|dictsort }} {{ {1: 'a'}[1.0] }} {{ {'items': 1}['items'] }} {{ {'x': 1}.x }}", "[('a', [1, 2]), ('b', 1), ('C', None)] a 1 1")]
    [InlineData("{{ nothing }}|{{ nothing is defined }}|{{ nothing|default('d') }}|{{ nothing or 'o' }}|{{ nothing ~ 'x' }}|{{ nothing|list }}|{{ nothing|length }}", "|False|d|o|x|[]|0")]
    [InlineData("{{ 'yes' if xs else 'no' }} {{ ('x' if false) is defined }} {{ not xs }} {{ xs and 0 }} {{ n or 'o' }}", "yes False False 0 o")]
    [InlineData("{{ xs|sort }} {{ xs|sort(reverse=true) }} {{ ['b', 'A']|sort }} {{ xs|max }} {{ xs|sum }} {{ xs|join('-') }} {{ xs|map('string')|list }}", "[1, 2, 3] [3, 2, 1] ['A', 'b'] 3 6 3-1-2 ['3', '1', '2']")]
    [InlineData("{{ msgs|selectattr('role', 'equalto', 'user')|map(attribute='content')|list }} {{ msgs|groupby('role')|map('first')|list }}", "['Hi', 'Bye'] ['assistant', 'user']")]
    [InlineData("{% set odd = xs|select('odd') %}{{ odd|list }}{{ odd|list }}{{ 1 if odd }}", "[3, 1][]1")]
    [InlineData("{{ range(5)[::2] }} {{ range(10, 0, -3)|list }} {{ 3 in range(5) }} {{ xs|batch(2, 0)|list }} {{ range(5)|slice(2)|list }}", "range(0, 5, 2) [10, 7, 4, 1] True [[3, 1], [2, 0]] [[0, 1, 2], [3, 4]]")]
    [InlineData("{{ 'a' in 'abc' }} {{ 'b' in d }} {{ 4 not in xs }} {{ 1.0 in xs }}", "True True True True")]
    // tojson, markup
    [InlineData("{{ d|tojson }} {{ u|tojson }} {{ u|tojson(ensure_ascii=true) }} {{ d|tojson(sort_keys=true, separators=(',', ':')) }}", "{\"b\": 1, \"a\": [1, 2], \"C\": null} \"héllo 🎂 ß\" \"h\\u00e9llo \\ud83c\\udf82 \\u00df\" {\"C\":null,\"a\":[1,2],\"b\":1}")]
    [InlineData("{{ {'a': [], 'b': [1]}|tojson(indent=1) }} {{ [1.0, 1e22, true, {1: 2}]|tojson }}", "{\n \"a\": [],\n \"b\": [\n  1\n ]\n} [1.0, 1e+22, true, {\"1\": 2}]")]
    [InlineData("{{ '<b>' + ('<i>'|safe) }} {{ '<b>' ~ ('<i>'|safe) }} {{ '<&>'|e }}", "&lt;b&gt;<i> <b><i> &lt;&amp;&gt;")]
    // Statements
    [InlineData("{% for m in msgs %}{{ loop.index }}{{ loop.first }}{{ loop.last }}{{ loop.previtem.role if not loop.first }}{{ loop.nextitem is defined }} {% endfor %}", "1TrueFalseTrue 2FalseFalseuserTrue 3FalseTrueassistantFalse ")]
    [InlineData("{% for k, v in d.items() if v %}{{ k }}={{ v }};{{ loop.length }} {% else %}none{% endfor %}", "b=1;2 a=[1, 2];2 ")]
    [InlineData("{% for x in tree recursive %}{{ x.n }}@{{ loop.depth }}[{{ loop(x.c) }}]{% endfor %}", "1@1[2@2[]3@2[4@3[]]]")]
    [InlineData("{% for x in xs %}{% if x == 1 %}{% continue %}{% endif %}{{ x }}{{ loop.cycle('a', 'b') }}{{ loop.changed(x > 2) }}{% endfor %}{{ x }}", "3aTrue2aTrue5")]
    [InlineData("{% for x in xs %}{% break %}{% else %}else{% endfor %}", "else")]
    [InlineData("{% set ns = namespace(a=1) %}{% for x in xs %}{% set ns.a = ns.a + x %}{% set i = 0 %}{% endfor %}{{ ns.a }} {{ i }}", "7 7")]
    [InlineData("{% macro m(a, b='B', c=a) %}{{ a }}{{ b }}{{ c }}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1) }} {{ m(1, 2, 3, 4, k=5) }} {{ m(b=2, a=1) }}", "1B1(){} 123(4,){'k': 5} 121(){}")]
    [InlineData("{% macro box(t) %}[{{ t }}:{{ caller('c') }}]{% endmacro %}{% call(u) box('T') %}{{ u }}{{ i }}{% endcall %}", "[T:c7]")]
    [InlineData("{% filter upper|replace('A', '4') %}abc{{ x }}{% endfilter %}{% set y | trim %}  z {% endset %}{{ y }}", "4BC5z")]
    [InlineData("{% with x=1, y=x %}{{ x }}{{ y }}{% endwith %}{{ x }}", "155")]
    [InlineData("{% set a, (b, c) = 1, (2, 3) %}{{ a }}{{ b }}{{ c }}{% print 1, 'x' %}", "1231x")]
    [InlineData("{% for y in [1] %}{{ x is defined }}{% endfor %}{% set x = 1 %}", "False")]
    [InlineData("{% if false %}{{ 1|nofilter }}{% endif %}ok", "ok")]
    [InlineData("{% set c = cycler(1, 2) %}{{ c.next() }}{{ c.next() }}{{ c.current }}{% set j = joiner('|') %}{{ j() }}{{ j() }}", "121|")]
    [InlineData("a{% generation %}{% set x = 9 %}{{ x }}{% endgeneration %}{{ x }}", "a95")]
    [InlineData("{{ strftime_now('%d %b %Y, %A %H:%M:%S %j %p') }}", "10 Jul 2025, Thursday 12:00:00 191 PM")]
    // White space
    [InlineData("a\n  {%- if t -%}\n b \n{%- endif +%}\n c\n", "ab\n c")]
    [InlineData("  {% if t %}\n  x\n  {%+ endif %}\n{# c #}\n  {{ 1 }}\n\n", "  x\n    1\n")]
    [InlineData("{% raw -%}  {{ x }} {% endraw %}\n{#- c -#}  y", "{{ x }} y")]
    [InlineData("{{ {'a': {'b': 1}}.a.b }}{{ '}}' }}{{ '\\n\\x41\\u00e9\\'\\q' }}", "1}}\nAé'\\q")]
    public void The_text_is_the_one_that_jinja2_gives(string template, string expected) => Assert.Equal(expected, Render(template));

    [Theory]
    [InlineData("{{ nothing.x }}", "'nothing' is undefined")]
    [InlineData("{{ d.zz.y }}", "'dict object' has no attribute 'zz'")]
    [InlineData("{{ n.split('a') }}", "'None' has no attribute 'split'")]
    [InlineData("{{ nothing + 1 }}", "'nothing' is undefined")]
    [InlineData("{{ 'a' + n }}", "can only concatenate str (not \"NoneType\") to str")]
    [InlineData("{{ 1 + 'a' }}", "unsupported operand type(s) for +: 'int' and 'str'")]
    [InlineData("{{ 1 < 'a' }}", "'<' not supported between instances of 'int' and 'str'")]
    [InlineData("{{ 1 in n }}", "argument of type 'NoneType' is not iterable")]
    [InlineData("{{ 1 / 0 }}", "division by zero")]
    [InlineData("{{ n[1:] }}", "'NoneType' object is not subscriptable")]
    [InlineData("{{ nothing|tojson }}", "Object of type Undefined is not JSON serializable")]
    [InlineData("{% for x in 5 %}{% endfor %}", "'int' object is not iterable")]
    [InlineData("{% for a, b in [[1]] %}{% endfor %}", "not enough values to unpack (expected 2, got 1)")]
    [InlineData("{% set d.x = 1 %}", "cannot assign attribute on non-namespace object")]
    [InlineData("{% set m = xs.append(1) %}", "access to attribute 'append' of 'list' object is unsafe.")]
    [InlineData("{{ d.update({}) }}", "access to attribute 'update' of 'dict' object is unsafe.")]
    [InlineData("{{ s.__class__ }}", "access to attribute '__class__' of 'str' object is unsafe.")]
    [InlineData("{{ '{0.__class__}'.format(s) }}", "access to attribute '__class__' of 'str' object is unsafe.")]
    [InlineData("{{ {[1]: 2} }}", "unhashable type: 'list'")]
    [InlineData("{{ xs|map('length')|list }}", "object of type 'int' has no len()")]
    [InlineData("{% macro m(a) %}{% endmacro %}{{ m(1, 2) }}", "macro 'm' takes not more than 1 argument(s)")]
    [InlineData("{% macro m(a) %}{% endmacro %}{{ m(b=2) }}", "macro 'm' takes no keyword argument 'b'")]
    [InlineData("{{ xs.upper() }}", "'list object' has no attribute 'upper'")]
    [InlineData("{{ msgs|sort }}", "'<' not supported between instances of 'dict' and 'dict'")]
    [InlineData("{{ 1|items|list }}", "Can only get item pairs from a mapping.")]
    [InlineData("{{ xs|random }}", "the filter random is not supported: the same input must give the same text")]
    public void What_cannot_be_done_is_an_error_in_the_words_of_the_reference(string template, string message) =>
        Assert.Equal(message, Assert.Throws<ChatTemplateException>(() => Render(template)).Detail);

    [Theory]
    [InlineData("{% if x %}", "Unexpected end of template. Jinja was looking for the following tags: 'elif' or 'else' or 'endif'.", 11)]
    [InlineData("{{ x", "unexpected end of template, expected 'end of print statement'.", 5)]
    [InlineData("{{ (x }}", "unexpected '}', expected ')'", 7)]
    [InlineData("{{ x y }}", "expected token 'end of print statement', got 'y'", 6)]
    [InlineData("{{ }}", "Expected an expression, got 'end of print statement'", 4)]
    [InlineData("{% foo %}", "Encountered unknown tag 'foo'.", 4)]
    [InlineData("{% endif %}", "Encountered unknown tag 'endif'.", 4)]
    [InlineData("{{ x|nofilter }}", "No filter named 'nofilter'.", 6)]
    [InlineData("{{ x is notest }}", "No test named 'notest'.", 9)]
    [InlineData("{% break %}", "'break' outside loop", 4)]
    [InlineData("{% for x in xs %}{% generation %}{% break %}{% endgeneration %}{% endfor %}", "'break' outside loop", 37)]
    [InlineData("{% include 'a' %}", "the tag 'include' is not supported: a chat template is one file", 4)]
    [InlineData("{% extends 'a' %}", "the tag 'extends' is not supported: a chat template is one file", 4)]
    [InlineData("{# x", "Missing end of comment tag", 1)]
    [InlineData("{% raw %} x", "Missing end of raw directive", 1)]
    [InlineData("{{ 'x }}", "unexpected char \"'\": the string has no end", 4)]
    [InlineData("{% set 1 = 2 %}", "can't assign to '1'", 8)]
    [InlineData("{% for none in xs %}{% endfor %}", "can't assign to 'none'", 8)]
    [InlineData("{% macro m(a=1, b) %}{% endmacro %}", "non-default argument follows default argument", 18)]
    [InlineData("{{ f(a=1, 2) }}", "invalid syntax for function call expression", 5)]
    public void A_template_that_is_not_well_formed_names_the_column(string template, string message, int column)
    {
        ChatTemplateException e = Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse(template, "t.jinja"));
        Assert.Equal(message, e.Detail);
        Assert.Equal((1, column), (e.Line, e.Column));
        Assert.Equal($"t.jinja:1:{column}: {message}", e.Message);
    }

    [Fact]
    public void An_error_while_rendering_names_line_and_column_of_the_innermost_place()
    {
        var template = ChatTemplate.Parse("{% macro m(x) %}\n  {{ x.a.b }}\n{% endmacro %}\n{{ m(d) }}", "t");
        ChatTemplateException e = Assert.Throws<ChatTemplateException>(() => template.Render([]));
        Assert.Equal((2, 7), (e.Line, e.Column));
        Assert.False(e.RaisedByTemplate);
    }

    [Fact]
    public void One_template_renders_from_many_threads()
    {
        var template = ChatTemplate.Parse("{% set ns = namespace(n=0) %}{% for m in messages %}{% set ns.n = ns.n + 1 %}{{ m.content }}{{ ns.n }}{% endfor %}", "t");
        Parallel.For(0, 64, i => Assert.Equal(
            $"a{i}1b{i}2", template.Render(new JsonObject { ["messages"] = new JsonArray(Message($"a{i}"), Message($"b{i}")) })));

        static JsonObject Message(string content) => new() { ["role"] = "user", ["content"] = content };
    }

    private static string Render(string template) => ChatTemplate.Parse(template, "t")
        .Render(JsonNode.Parse(Context)!.AsObject(), new ChatTemplateOptions { Clock = new FixedClock(new DateTime(2025, 7, 10, 12, 0, 0)) });
}
