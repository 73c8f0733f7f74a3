namespace Cerise.Data;

public sealed partial class ChatTemplate
{
    /// <summary>The name by which recipes ask for <see cref="ChatMl"/>.</summary>
    public const string ChatMlName = "chatml";

    /// <summary>
    /// ChatML, the form of OpenAI and Qwen: <c>&lt;|im_start|&gt;role</c>, a line feed, the content, <c>&lt;|im_end|&gt;</c>, a line feed. For base models that have no template; what
    /// the assistant is to write is marked by <c>{% generation %}</c>.
    /// </summary>
    public static ChatTemplate ChatMl { get; } = Parse(ReadChatMl(), ChatMlName);

    // recipes/chatml.jinja, of which programs that have no recipes have this copy.
    private static string ReadChatMl()
    {
        using StreamReader reader = new(typeof(ChatTemplate).Assembly.GetManifestResourceStream("chatml.jinja")!);
        return reader.ReadToEnd();
    }
}
