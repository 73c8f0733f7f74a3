using Cerise.Data.Inference;

namespace Cerise.Studio.Tests.OfficialClients;

/// <summary>A server whose answers the official clients' scenarios know.</summary>
internal static class OfficialServer
{
    public const string Key = "secret-key";

    public static Task<StudioHost> Start() => StudioHost.Start(new ScriptedEngine(Answer), options: new ServerOptions { ApiKey = Key });

    private static string Answer(EngineRequest request, int sample)
    {
        string prompt = new ByteTokenizer().Decode([.. request.PromptIds!]);
        if (prompt.Contains("be too busy", StringComparison.Ordinal))
            throw new EngineException(EngineFault.QueueFull, "too many requests wait");
        if (prompt.Contains("\nfail", StringComparison.Ordinal))
            throw new EngineException(EngineFault.Failed, "not numbers");
        if (prompt.Contains("sunny", StringComparison.Ordinal))
            return "It is sunny.";
        if (prompt.EndsWith("<tool_call>\n", StringComparison.Ordinal))
            return "{\"name\": \"weather\", \"arguments\": {\"city\": \"Oslo\"}}";
        if (prompt.Contains("say json", StringComparison.Ordinal))
            return "{\"city\": \"Oslo\"}";
        return prompt.Contains("what is the weather", StringComparison.Ordinal) ? "<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"city\": \"Rome\"}}\n</tool_call>" : "Hello, world";
    }
}
