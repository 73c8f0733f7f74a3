using System.Text;

namespace Cerise.Studio.Chat.ToolCalls;

/// <summary>DeepSeek's calls: between markers of their own, the name, then the arguments as a JSON block of Markdown.</summary>
internal sealed class DeepSeekCalls : ToolCallFormat
{
    private const string CallBegin = "<｜tool▁call▁begin｜>";
    private const string Separator = "<｜tool▁sep｜>";

    /// <inheritdoc/>
    public override string Opening => "<｜tool▁calls▁begin｜>";

    /// <inheritdoc/>
    public override bool NeedsSpecialTokens => true;

    /// <inheritdoc/>
    public override ToolCallReader Open(int first) => new Reader { First = first };

    /// <inheritdoc/>
    public override ForcedCall Force(IReadOnlyList<ToolDeclaration> tools, bool parallel) => tools.Count == 1
        ? new ForcedCall($"{Opening}{CallBegin}function{Separator}{tools[0].Name}\n```json\n", tools[0].Schema)
        : throw new RequestException(422, "this model names a function before its arguments, so tool_choice can name one of several tools, but not require any of them.", "tool_choice");

    /// <inheritdoc/>
    protected override bool IsOf(string template) => template.Contains(Opening, StringComparison.Ordinal);

    // What stands between a call and the next, and all that ends the calls, is passed over.
    private sealed class Reader : ToolCallReader
    {
        private const int MostBetween = 4096;

        private readonly StringBuilder _between = new();
        private JsonCall? _call;

        protected override CallReading Take(char next, ref int at)
        {
            if (_call is null && next == '{' && NameOf(_between.ToString()) is { } name)
            {
                _between.Clear();
                _call = JsonCall.OfArguments(name, Begin, AddArguments);
            }
            at++;
            if (_call is null)
                return _between.Append(next).Length > MostBetween ? CallReading.Broken : CallReading.More;
            _call.Take(next);
            if (_call.IsBroken)
                return CallReading.Broken;
            if (_call.IsComplete)
                _call = null;
            return CallReading.More;
        }

        private static string? NameOf(string header)
        {
            int begin = header.LastIndexOf(Separator, StringComparison.Ordinal);
            if (begin < 0)
                return null;
            string rest = header[(begin + Separator.Length)..];
            int end = rest.IndexOf('\n', StringComparison.Ordinal);
            return (end < 0 ? rest : rest[..end]).Trim() is { Length: > 0 } name ? name : null;
        }
    }
}
