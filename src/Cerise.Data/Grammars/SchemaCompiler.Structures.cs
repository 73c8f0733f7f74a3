using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cerise.Data.Grammars;

/// <summary>Objects and arrays.</summary>
internal sealed partial class SchemaCompiler
{
    private int Object(int from, SchemaReader schema)
    {
        JsonObject properties = schema.Object("properties") ?? [];
        HashSet<string> required = [.. schema.Names("required")];
        RefuseNames(schema);
        bool isGiven = schema.Schema.TryGetPropertyValue("additionalProperties", out JsonNode? additional);
        bool isClosed = isGiven ? additional?.GetValueKind() == JsonValueKind.False : properties.Count > 0;
        (int? least, int? most) = (schema.Count("minProperties"), schema.Count("maxProperties"));
        int Others() => isGiven ? Rule(additional, SchemaReader.Member(schema.Path, "additionalProperties")) : _syntax.Any;
        if (properties.Count == 0 && required.Count == 0)
        {
            return isClosed
                ? least > 0 ? _builder.Node() : _builder.Text(_syntax.OptionalSpace(_builder.Text(from, "{")), "}")
                : _syntax.AnyObject(from, Others(), least ?? 0, most);
        }
        if (least > 0 || most is not null)
            throw schema.Fault(least > 0 ? "minProperties" : "maxProperties", "beside properties or required cannot be kept to; say which are required");
        string[] unknown = [.. required.Where(name => !properties.ContainsKey(name))];
        if (isClosed && isGiven && unknown.Length > 0)
            throw schema.Fault("required", $"names '{unknown[0]}', which properties lack and additionalProperties forbids");
        int? others = isClosed && unknown.Length == 0 ? null : Others();
        List<Member> members =
        [
            .. properties.Select(property => new Member(
                property.Key, required.Contains(property.Key), at => Value(at, property.Value, SchemaReader.Member(SchemaReader.Member(schema.Path, "properties"), property.Key)))),
            .. unknown.Select(name => new Member(name, true, at => _builder.Call(at, others!.Value))),
        ];
        return Named(from, members, isClosed ? null : others);
    }

    // That names are strings is said by schemas that other programs write, and holds anyway.
    private static void RefuseNames(SchemaReader schema)
    {
        if (schema.Schema.TryGetPropertyValue("propertyNames", out JsonNode? names) && names?.GetValueKind() != JsonValueKind.True
            && !(names is JsonObject said && said.All(member => Annotations.Contains(member.Key) || (member.Key == "type" && member.Value?.ToString() == "string"))))
            throw schema.Fault("propertyNames", "other than strings cannot be kept to; leave it out");
    }

    // In their order. What comes next depends on whether anything came before: then a comma does.
    private int Named(int from, List<Member> members, int? others)
    {
        int first = _syntax.OptionalSpace(_builder.Text(from, "{"));
        int later = _builder.Node();
        foreach (Member member in members)
        {
            (int nextFirst, int nextLater) = (_builder.Node(), _builder.Node());
            if (!member.IsRequired)
            {
                _builder.Link(first, nextFirst);
                _builder.Link(later, nextLater);
            }
            int begin = _builder.Node();
            _builder.Link(first, begin);
            _builder.Link(_syntax.Comma(later), begin);
            _builder.Link(member.Value(_syntax.AfterName(_builder.Text(begin, Quoted(member.Name)))), nextLater);
            (first, later) = (nextFirst, nextLater);
        }
        int end = _builder.Node();
        if (others is { } rule)
        {
            int begin = _builder.Node(), after = _builder.Node();
            _builder.Link(first, begin);
            _builder.Link(_syntax.Comma(later), begin);
            _builder.Link(_builder.Call(_syntax.AfterName(OtherName(begin, members)), rule), after);
            _builder.Link(_syntax.Comma(after), begin);
            _builder.Link(_syntax.OptionalSpace(after), end);
        }
        _builder.Link(first, end);
        _builder.Link(_syntax.OptionalSpace(later), end);
        return _builder.Text(end, "}");
    }

    // A name that is none of the members', without escapes: along the tree of their bytes, and away from it.
    private int OtherName(int from, List<Member> members)
    {
        int to = _builder.Node();
        int free = _builder.Node();
        Utf8Ranges.Add(_builder, free, free, [(0x20, '!'), ('#', '['), (']', 0x10FFFF)]);
        _builder.Byte(free, (byte)'"', (byte)'"', to);
        NameTree tree = new();
        foreach (Member member in members)
            tree.Add(member.Name);
        Away(_builder.Text(from, "\""), tree);
        return to;

        void Away(int node, NameTree place)
        {
            if (!place.IsName)
                _builder.Byte(node, (byte)'"', (byte)'"', to);
            int next = 0x20;
            foreach ((int code, NameTree child) in place.Children)
            {
                int known = _builder.Node();
                Utf8Ranges.Add(_builder, node, known, [(code, code)]);
                Away(known, child);
                Utf8Ranges.Add(_builder, node, free, Unescaped(next, code - 1));
                next = Math.Max(next, code + 1);
            }
            Utf8Ranges.Add(_builder, node, free, Unescaped(next, 0x10FFFF));
        }
    }

    private static IEnumerable<(int, int)> Unescaped(int first, int last)
    {
        foreach ((int low, int high) in ((int, int)[])[(0x20, '!'), ('#', '['), (']', 0x10FFFF)])
            if (Math.Max(low, first) <= Math.Min(high, last))
                yield return (Math.Max(low, first), Math.Min(high, last));
    }

    private int Array(int from, SchemaReader schema)
    {
        if (schema.Flag("uniqueItems") == true)
            throw schema.Fault("uniqueItems", "cannot be kept to; leave it out");
        int[] first = [.. (schema.List("prefixItems") ?? []).Select((item, i) => Rule(item, $"{schema.Path}/prefixItems/{i}"))];
        (int least, int? most) = (schema.Count("minItems") ?? 0, schema.Count("maxItems"));
        bool isGiven = schema.Schema.TryGetPropertyValue("items", out JsonNode? items);
        if (items is JsonArray)
            throw schema.Fault("items", "is a list; use prefixItems");
        int? rest = !isGiven && first.Length > 0 || items?.GetValueKind() == JsonValueKind.False ? null : isGiven ? Rule(items, $"{schema.Path}/items") : _syntax.Any;
        if (most < first.Length)
            first = first[..most.Value];
        if (most < least || (rest is null && least > first.Length))
            throw schema.Fault("minItems", "asks for more items than there can be");
        return _syntax.Array(from, first, most == first.Length && first.Length > 0 ? null : rest, least, most);
    }

    private static string Quoted(string name) => JsonSerializer.Serialize(name, Plain);

    private sealed record Member(string Name, bool IsRequired, Func<int, int> Value);

    private sealed class NameTree
    {
        public SortedDictionary<int, NameTree> Children { get; } = [];

        public bool IsName { get; private set; }

        // Names that need an escape cannot come up among names without.
        public void Add(string name)
        {
            if (Quoted(name).Length != name.Length + 2 || !Quoted(name).AsSpan(1, name.Length).SequenceEqual(name))
                return;
            NameTree place = this;
            foreach (Rune rune in name.EnumerateRunes())
            {
                if (!place.Children.TryGetValue(rune.Value, out NameTree? child))
                    place.Children[rune.Value] = child = new NameTree();
                place = child;
            }
            place.IsName = true;
        }
    }
}
