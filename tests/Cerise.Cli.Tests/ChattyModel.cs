using Cerise.Testing;

namespace Cerise.Cli.Tests;

/// <summary>A tiny model's folder with a chat template.</summary>
internal sealed class ChattyModel : IDisposable
{
    private readonly TemporaryFolder _folder;

    public ChattyModel(SmallModel model, string template = "{% for m in messages %}<{{ m.role }}>{{ m.content }}\n{% endfor %}{{ '<assistant>' }}")
    {
        _folder = model.CopyModel();
        File.WriteAllText(_folder.File("chat_template.jinja"), template);
    }

    public string Path => _folder.Path;

    public void Dispose() => _folder.Dispose();
}
