using System.Text.Json;
using System.Text.Json.Nodes;
using Cerise.Data.Datasets;
using Cerise.Studio;
using Microsoft.Extensions.AI;

namespace Cerise.Cli;

/// <summary>A conversation in the terminal: what was said, and the commands about it.</summary>
/// <param name="client">What answers.</param>
/// <param name="contextLength">Most tokens of a conversation.</param>
/// <param name="terminal">Where it is held.</param>
internal sealed class ChatTalk(EngineChatClient client, int contextLength, Terminal terminal)
{
    /// <summary>The commands, as help tells them.</summary>
    public const string Commands = """
          /system TEXT   sets the system prompt; without a text shows it      /regenerate    answers the last line again
          /show          shows what the model thought last                    /save FILE     writes the conversation as a row of JSON lines
          /reset         forgets the conversation                             /exit          ends it
        """;

    private readonly List<ChatMessage> _said = [];
    private string _thought = "";
    private int _answers;

    /// <summary>The system prompt; null for none.</summary>
    public string? SystemPrompt { get; set; }

    /// <summary>Texts that end an answer.</summary>
    public required IReadOnlyList<string> Stops { get; init; }

    /// <summary>Source of the draws: the first answer uses it, each later one the next number.</summary>
    public required long Seed { get; init; }

    /// <summary>Says a line and lets the model answer.</summary>
    public void Say(string line)
    {
        _said.Add(new ChatMessage(ChatRole.User, line));
        if (!Answer())
            _said.RemoveAt(_said.Count - 1);
    }

    /// <summary>Does what a command asks for.</summary>
    public void Command(string line)
    {
        string[] words = line.Split(' ', 2, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        string rest = words.Length > 1 ? words[1] : "";
        switch (words[0])
        {
            case "/help":
                terminal.Error.WriteLine(Commands);
                break;
            case "/reset":
                _said.Clear();
                _thought = "";
                break;
            case "/system" when rest.Length == 0:
                terminal.Error.WriteLine(SystemPrompt ?? "There is no system prompt.");
                break;
            case "/system":
                SystemPrompt = rest;
                break;
            case "/show":
                terminal.Error.WriteLine(_thought.Length > 0 ? terminal.IsScreen ? AnswerDisplay.Visible(_thought) : _thought : "The last answer came without reasoning.");
                break;
            case "/regenerate":
                Regenerate();
                break;
            case "/save" when rest.Length > 0:
                Save(rest);
                break;
            case "/save":
                terminal.Error.WriteLine("/save needs a file: /save talk.jsonl");
                break;
            default:
                terminal.Error.WriteLine($"There is no command {words[0]}. There are:\n{Commands}");
                break;
        }
    }

    private void Regenerate()
    {
        if (_said.Count == 0)
        {
            terminal.Error.WriteLine("There is nothing to answer again.");
            return;
        }
        ChatMessage last = _said[^1];
        _said.RemoveAt(_said.Count - 1);
        if (!Answer())
            _said.Add(last);
    }

    // Whether there is an answer; else the conversation is as it was before.
    private bool Answer()
    {
        ChatOptions options = new() { StopSequences = [.. Stops], Seed = unchecked(Seed + _answers++) };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(terminal.Cancellation);
        var display = new AnswerDisplay(terminal);
        try
        {
            Forget(options);
            using (terminal.Divert(stop.Cancel))
                Show(display, options, stop.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (!terminal.Cancellation.IsCancellationRequested)
        {
            // Ctrl-C: what has been said so far is kept.
        }
        catch (RequestException fault)
        {
            terminal.Error.WriteLine(fault.Message);
            if (display.Text.Length == 0)
                return false;
        }
        display.End();
        _thought = display.Thought;
        if (display.Text.Length == 0 && display.Thought.Length == 0)
            return false;
        List<AIContent> contents = [new TextContent(display.Text)];
        if (display.Thought.Length > 0)
            contents.Insert(0, new TextReasoningContent(display.Thought));
        _said.Add(new ChatMessage(ChatRole.Assistant, contents));
        return true;
    }

    private async Task Show(AnswerDisplay display, ChatOptions options, CancellationToken cancellation)
    {
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(Messages(), options, cancellation).ConfigureAwait(false))
            foreach (AIContent content in update.Contents)
                display.Add(content);
    }

    // The oldest turns are forgotten until a quarter of the context is left for the answer.
    private void Forget(ChatOptions options)
    {
        int room = contextLength - (contextLength / 4);
        int tokens;
        while ((tokens = client.CountTokens(Messages(), options)) > room)
        {
            if (_said.Count == 1)
                throw new RequestException(400, $"the line has {tokens} tokens with what stands around it, and the model's context of {contextLength} leaves {room}. Say it shorter.");
            _said.RemoveRange(0, Math.Min(2, _said.Count - 1));
        }
    }

    private List<ChatMessage> Messages() => SystemPrompt is null ? _said : [new ChatMessage(ChatRole.System, SystemPrompt), .. _said];

    private void Save(string path)
    {
        JsonArray messages = [.. Messages().Select(message =>
        {
            JsonObject row = new() { ["role"] = message.Role.Value, ["content"] = message.Text };
            if (message.Contents.OfType<TextReasoningContent>().FirstOrDefault() is { } thought)
                row["reasoning_content"] = thought.Text;
            return row;
        })];
        try
        {
            using var file = new JsonlWriter(path);
            file.Write(JsonSerializer.SerializeToElement(new JsonObject { ["messages"] = messages }));
            file.Complete();
            terminal.Error.WriteLine($"Saved {messages.Count} messages in {path}.");
        }
        catch (DatasetException fault)
        {
            terminal.Error.WriteLine(fault.Message);
        }
    }
}
