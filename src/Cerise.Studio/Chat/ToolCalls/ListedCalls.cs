using System.Text;

namespace Cerise.Studio.Chat.ToolCalls;

/// <summary>
/// A JSON list of calls after one marker: <c>[TOOL_CALLS]</c> (Mistral), <c>&lt;|tool_call|&gt;</c> (Granite, Phi-4-mini). Mistral's later
/// <c>[TOOL_CALLS]name[ARGS]{...}</c> is read too.
/// </summary>
/// <param name="marker">The marker, a special token.</param>
/// <param name="idLength">Length of ids where templates ask for one.</param>
internal sealed class ListedCalls(string marker, int? idLength = null) : ToolCallFormat
{
    /// <inheritdoc/>
    public override string Opening => marker;

    /// <inheritdoc/>
    public override bool NeedsSpecialTokens => true;

    /// <inheritdoc/>
    public override int? IdLength => idLength;

    /// <inheritdoc/>
    public override ToolCallReader Open(int first) => new Reader { First = first };

    /// <inheritdoc/>
    public override ForcedCall Force(IReadOnlyList<ToolDeclaration> tools, bool parallel) => ForcedCall.List(marker, tools, parallel);

    /// <inheritdoc/>
    protected override bool IsOf(string template) => template.Contains(marker, StringComparison.Ordinal);

    private sealed class Reader : ToolCallReader
    {
        private readonly StringBuilder _name = new();
        private JsonCall? _call;
        private bool _list, _over;

        protected override CallReading Take(char next, ref int at)
        {
            if (_call is not null)
            {
                at++;
                _call.Take(next);
                if (_call.IsBroken)
                    return CallReading.Broken;
                if (_call.IsComplete)
                    (_call, _over) = (null, !_list);
                return CallReading.More;
            }
            if (_name.Length > 0 && next != '{')
            {
                at++;
                _name.Append(next);
                return _name.Length > 256 ? CallReading.Broken : CallReading.More;
            }
            switch (next)
            {
                case '{' when _name.Length > 0:
                    string name = _name.ToString().Split('[')[0].Trim();
                    _name.Clear();
                    _call = JsonCall.OfArguments(name, Begin, AddArguments);
                    return CallReading.More;
                case '{' when !_over:
                    _call = new JsonCall(Begin, AddArguments);
                    return CallReading.More;
                case '[' when !_list && Calls == 0:
                    _list = true;
                    break;
                case ']' when _list:
                    (_list, _over) = (false, true);
                    break;
                case ',' when _list:
                case var space when char.IsWhiteSpace(space):
                    break;
                case var letter when !_list && !_over && (char.IsLetter(letter) || letter == '_'):
                    _name.Append(letter);
                    break;
                default:
                    return Calls > 0 ? CallReading.Done : CallReading.Broken;
            }
            at++;
            return CallReading.More;
        }
    }
}
