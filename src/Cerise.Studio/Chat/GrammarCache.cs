using System.Text.Json.Nodes;
using Cerise.Data.Grammars;
using Cerise.Studio.Json;

namespace Cerise.Studio.Chat;

/// <summary>Keeps the grammars of the schemas asked for last, which learn while they are used. Safe for use from many threads at once.</summary>
internal sealed class GrammarCache
{
    private const int Most = 64;

    private readonly Dictionary<string, Grammar> _grammars = [];
    private readonly Queue<string> _order = new();
    private readonly Lock _lock = new();

    /// <summary>The grammar of a JSON schema.</summary>
    /// <exception cref="GrammarException">The schema cannot be kept to.</exception>
    public Grammar Of(JsonObject schema)
    {
        string text = schema.ToJsonString(WireJson.Options);
        lock (_lock)
            if (_grammars.TryGetValue(text, out Grammar? known))
                return known;
        Grammar grammar = JsonSchemaGrammar.Parse(text);
        lock (_lock)
        {
            if (!_grammars.TryAdd(text, grammar))
                return _grammars[text];
            _order.Enqueue(text);
            if (_order.Count > Most)
                _grammars.Remove(_order.Dequeue());
        }
        return grammar;
    }
}
