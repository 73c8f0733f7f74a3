namespace Cerise.Data.Grammars;

/// <summary>JSON of any content.</summary>
/// <remarks>
/// White space stands where writers put it, in bounded amount: nothing, a space, or one or two line breaks with up to 20 characters of indentation, after
/// brackets, commas and colons and before closing brackets; none before or after the whole. Numbers have at most 16 digits before and after the point.
/// </remarks>
public static class JsonGrammar
{
    /// <summary>Any JSON object: what OpenAI's response format <c>json_object</c> asks for.</summary>
    public static Grammar AnyObject { get; } = Make((syntax, from) => syntax.AnyObject(from, syntax.Any, 0, null));

    /// <summary>Any JSON value.</summary>
    public static Grammar AnyValue { get; } = Make((syntax, from) => syntax.AnyValue(from));

    private static AutomatonGrammar Make(Func<JsonSyntax, int, int> root)
    {
        AutomatonBuilder builder = new();
        JsonSyntax syntax = new(builder);
        return new AutomatonGrammar(builder.Build(builder.Rule("JSON", from => root(syntax, from))));
    }
}
