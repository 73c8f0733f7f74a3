using System.Text;
using Cerise.Studio.Json;

namespace Cerise.Studio.Chat.ToolCalls;

/// <summary>
/// Calls between <c>&lt;tool_call&gt;</c> and <c>&lt;/tool_call&gt;</c>, one each: as JSON (Hermes, Qwen2.5, Qwen3, MiMo), as
/// <c>&lt;function=name&gt;&lt;parameter=key&gt;</c> (Qwen3-Coder), or as the name and then <c>&lt;arg_key&gt;</c> and <c>&lt;arg_value&gt;</c> (GLM).
/// </summary>
/// <remarks>What a call begins with says which it is. A forced call is written as JSON in all of them, which JSON schemas can hold.</remarks>
internal sealed class TaggedCalls : ToolCallFormat
{
    private const string Closing = "</tool_call>";

    /// <inheritdoc/>
    public override string Opening => "<tool_call>";

    /// <inheritdoc/>
    public override ToolCallReader Open(int first) => new Reader { First = first };

    /// <inheritdoc/>
    public override ForcedCall Force(IReadOnlyList<ToolDeclaration> tools, bool parallel) => ForcedCall.One("<tool_call>\n", tools);

    /// <inheritdoc/>
    protected override bool IsOf(string template) => template.Contains(Opening, StringComparison.Ordinal);

    private sealed class Reader : ToolCallReader
    {
        private readonly JsonCall _json;
        private readonly StringBuilder _marked = new();
        private int _closed;                                               // characters of the closing tag seen
        private State _state;

        public Reader() => _json = new JsonCall(Begin, AddArguments);

        private enum State { Before, Json, Marked, After }

        protected override CallReading Take(char next, ref int at)
        {
            if (_state == State.Before)
            {
                if (char.IsWhiteSpace(next))
                {
                    at++;
                    return CallReading.More;
                }
                _state = next == '{' ? State.Json : State.Marked;
            }
            switch (_state)
            {
                case State.Json:
                    at++;
                    _json.Take(next);
                    if (_json.IsComplete)
                        _state = State.After;
                    return _json.IsBroken ? CallReading.Broken : CallReading.More;
                case State.Marked:
                    at++;
                    _marked.Append(next);
                    return next == '>' && EndsWithClosing() ? Marked() : CallReading.More;
                default:
                    return After(next, ref at);
            }
        }

        protected override void AtEnd()
        {
            if (_state == State.Marked)
                Marked();
        }

        private CallReading After(char next, ref int at)
        {
            if (_closed == 0 && char.IsWhiteSpace(next))
            {
                at++;
                return CallReading.More;
            }
            if (next != Closing[_closed])
                return CallReading.Done;
            at++;
            return ++_closed == Closing.Length ? CallReading.Done : CallReading.More;
        }

        private bool EndsWithClosing()
        {
            if (_marked.Length < Closing.Length)
                return false;
            for (int i = 0; i < Closing.Length; i++)
                if (_marked[_marked.Length - Closing.Length + i] != Closing[i])
                    return false;
            _marked.Length -= Closing.Length;
            return true;
        }

        private CallReading Marked()
        {
            if (MarkedCall.Read(_marked.ToString()) is not { } call)
                return CallReading.Broken;
            Begin(call.Name);
            AddArguments(call.Arguments.ToJsonString(WireJson.Options));
            return CallReading.Done;
        }
    }
}
