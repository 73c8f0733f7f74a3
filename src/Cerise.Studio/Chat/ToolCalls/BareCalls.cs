namespace Cerise.Studio.Chat.ToolCalls;

/// <summary>An answer that is nothing but JSON, <c>{"name": ..., "parameters": {...}}</c>, several parted by semicolons (Llama 3.1 and later).</summary>
internal sealed class BareCalls : ToolCallFormat
{
    /// <inheritdoc/>
    public override string? Opening => null;

    /// <inheritdoc/>
    public override ToolCallReader Open(int first) => new Reader { First = first };

    /// <inheritdoc/>
    public override ForcedCall Force(IReadOnlyList<ToolDeclaration> tools, bool parallel) => ForcedCall.One("", tools, "parameters");

    /// <inheritdoc/>
    protected override bool IsOf(string template) =>
        template.Contains("<|python_tag|>", StringComparison.Ordinal) || template.Contains("\"parameters\"", StringComparison.Ordinal);

    private sealed class Reader : ToolCallReader
    {
        private JsonCall? _call;

        protected override CallReading Take(char next, ref int at)
        {
            if (_call is null)
            {
                if (next == '{')
                    _call = new JsonCall(Begin, AddArguments);
                else if (next != ';' && !char.IsWhiteSpace(next))
                    return Calls > 0 ? CallReading.Done : CallReading.Broken;
            }
            at++;
            _call?.Take(next);
            if (_call is { IsBroken: true })
                return CallReading.Broken;
            if (_call is { IsComplete: true })
                _call = null;
            return CallReading.More;
        }
    }
}
