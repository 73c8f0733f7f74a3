using System.Text;
using System.Text.Json;

namespace Cerise.Studio.Chat.ToolCalls;

/// <summary>Reads one call written as an object, <c>{"name": ..., "arguments": {...}}</c>, character by character.</summary>
/// <remarks>
/// Arguments are passed on as they are written, as soon as the name is known. Where the model writes them as a text that holds JSON, the text is what is
/// passed on. <c>parameters</c>, as Llama writes it, is the same as <c>arguments</c>.
/// </remarks>
/// <param name="begin">Told the name.</param>
/// <param name="add">Told more of the arguments.</param>
internal sealed class JsonCall(Action<string> begin, JsonCall.ArgumentsSink add)
{
    /// <summary>Deepest nesting of arguments that is followed.</summary>
    private const int MaxDepth = 256;

    private readonly StringBuilder _key = new();
    private readonly StringBuilder _held = new();                          // the value being read
    private Part _part = Part.Before;
    private string? _early;                                               // arguments that came before the name
    private bool _begun;
    private bool _isText, _escaped;
    private int _depth;
    private bool _hasArguments;
    private bool _isBare;                                                  // the object is the arguments themselves

    /// <summary>Receives a piece of the arguments.</summary>
    public delegate void ArgumentsSink(ReadOnlySpan<char> json);

    private enum Part { Before, Key, Colon, Value, Comma, Complete, Broken }

    /// <summary>Whether the object has ended.</summary>
    public bool IsComplete => _part == Part.Complete;

    /// <summary>Whether it cannot be a call.</summary>
    public bool IsBroken => _part == Part.Broken;

    private bool IsArguments => _key is { Length: 9 or 10 } && (_key.Equals("arguments") || _key.Equals("parameters"));

    /// <summary>Reads the arguments of a call whose name was written before them.</summary>
    public static JsonCall OfArguments(string name, Action<string> begin, ArgumentsSink add)
    {
        var call = new JsonCall(begin, add) { _part = Part.Value, _begun = true, _isBare = true, _depth = -1 };
        call._key.Append("arguments");
        begin(name);
        return call;
    }

    /// <summary>Takes the next character; the first must be the opening brace.</summary>
    public void Take(char next)
    {
        switch (_part)
        {
            case Part.Before:
                _part = next == '{' ? Part.Comma : Part.Broken;
                break;
            case Part.Comma:
                if (next == '"')
                {
                    _key.Clear();
                    _part = Part.Key;
                }
                else if (next == '}')
                    End();
                else if (next != ',' && !char.IsWhiteSpace(next))
                    _part = Part.Broken;
                break;
            case Part.Key:
                if (next == '"')
                    _part = Part.Colon;
                else if (_key.Length < 64)
                    _key.Append(next);
                break;
            case Part.Colon:
                if (next == ':')
                    (_part, _isText, _escaped, _depth) = (Part.Value, false, false, -1);
                else if (!char.IsWhiteSpace(next))
                    _part = Part.Broken;
                break;
            case Part.Value:
                Value(next);
                break;
        }
    }

    // _depth is -1 until the value begins; 0 within a plain value; else how many brackets are open.
    private void Value(char next)
    {
        if (_depth < 0)
        {
            if (char.IsWhiteSpace(next))
                return;
            _depth = 0;
        }
        if (_isText)
        {
            Keep(next);
            if (_escaped)
                _escaped = false;
            else if (next == '\\')
                _escaped = true;
            else if (next == '"')
            {
                _isText = false;
                if (_depth == 0)
                    ValueEnds();
            }
            return;
        }
        if (_depth == 0 && (next is ',' or '}'))
        {
            ValueEnds();
            if (next == '}')
                End();
            return;
        }
        Keep(next);
        if (next == '"')
            _isText = true;
        else if (next is '{' or '[')
            _part = ++_depth > MaxDepth ? Part.Broken : _part;
        else if (next is '}' or ']' && --_depth == 0)
            ValueEnds();
    }

    // Arguments that are an object go straight on once the name is known; everything else is needed whole.
    private void Keep(char next)
    {
        if (_begun && IsArguments && _depth > 0)
        {
            if (_held.Length > 0)
                FlushHeld();
            add([next]);
        }
        else
            _held.Append(next);
    }

    private void FlushHeld()
    {
        foreach (ReadOnlyMemory<char> chunk in _held.GetChunks())
            add(chunk.Span);
        _held.Clear();
    }

    private void ValueEnds()
    {
        _part = Part.Comma;
        if (_key.Equals("name"))
            NameEnds();
        else if (IsArguments)
            ArgumentsEnd();
        _held.Clear();
        if (_isBare)
            End();
    }

    private void NameEnds()
    {
        if (Unquoted(_held.ToString()) is not { Length: > 0 } name)
        {
            _part = Part.Broken;
            return;
        }
        begin(name);
        _begun = true;
        if (_early is not null)
            add(_early);
    }

    private void ArgumentsEnd()
    {
        _hasArguments = true;
        if (_held.Length == 0)
            return;                                                        // passed on already
        string value = _held.ToString();
        string json = Unquoted(value) ?? value;
        json = json is "" or "null" ? "{}" : json;
        if (_begun)
            add(json);
        else
            _early = json;
    }

    private void End()
    {
        if (!_begun)
            _part = Part.Broken;
        else
        {
            if (!_hasArguments)
                add("{}");
            _part = Part.Complete;
        }
    }

    private static string? Unquoted(string json)
    {
        if (!json.StartsWith('"'))
            return null;
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.GetString();
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
