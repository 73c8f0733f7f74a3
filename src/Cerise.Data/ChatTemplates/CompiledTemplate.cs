using System.Text.Json.Nodes;
using Cerise.Data.ChatTemplates.Builtins;
using Cerise.Data.ChatTemplates.Nodes;
using Cerise.Data.ChatTemplates.Running;
using Cerise.Data.ChatTemplates.Syntax;
using Cerise.Data.ChatTemplates.Text;

namespace Cerise.Data.ChatTemplates;

/// <summary>One parsed program.</summary>
internal sealed class CompiledTemplate
{
    private readonly Block _body;

    private CompiledTemplate(string original, Source source, Block body, bool hasGeneration) =>
        (Original, Source, _body, HasGeneration) = (original, source, body, hasGeneration);

    /// <summary>The program as it was given.</summary>
    public string Original { get; }

    public Source Source { get; }

    public bool HasGeneration { get; }

    /// <exception cref="ChatTemplateException">The program is not well-formed.</exception>
    public static CompiledTemplate Parse(string text, string name, bool trimBlocks, bool lstripBlocks)
    {
        if (text.Length > Source.MaxLength)
            throw new ChatTemplateException(name, $"{text.Length} characters are too many for a template; the limit is {Source.MaxLength}");
        var source = new Source(text, name);
        try
        {
            (Block body, bool hasGeneration) = Parser.Parse(Lexer.Tokenize(source.Text, trimBlocks, lstripBlocks));
            return new CompiledTemplate(text, source, body, hasGeneration);
        }
        catch (TemplateFault fault)
        {
            throw source.Locate(fault.Message, fault.Position ?? 0, inner: fault);
        }
    }

    /// <exception cref="ChatTemplateException">The rendering fails.</exception>
    public TextBuffer Render(JsonObject variables, JsonObject specialTokens, ChatTemplateOptions options, bool withOrigins)
    {
        if (options.Faults().ToArray() is { Length: > 0 } faults)
            throw new ArgumentException(string.Join("; ", faults), nameof(options));
        var scope = new Scope(Globals.Scope);
        var state = new RenderState(options, scope) { HasMessages = withOrigins };
        try
        {
            foreach ((string name, JsonNode? value) in specialTokens)
                scope.Set(name, JsonValues.Read(value));
            JsonValues.Read(variables, scope, withOrigins);
            _body.Prepare(state.Root);
            _body.Execute(state);
            return state.Output;
        }
        catch (TemplateFault fault)
        {
            throw Source.Locate(fault.Message, fault.Position ?? state.Position, fault.RaisedByTemplate, fault);
        }
        catch (InsufficientExecutionStackException e)
        {
            throw Source.Locate("values or calls are nested too deeply", state.Position, inner: e);
        }
    }
}
