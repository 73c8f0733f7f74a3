using System.Text;
using Cerise.Studio.Chat.ToolCalls;

namespace Cerise.Studio.Chat;

/// <summary>Parts the text of an answer, as it arrives, into reasoning, content and tool calls.</summary>
/// <remarks>
/// Reasoning is what stands between the markers at the very beginning. White space around reasoning and calls belongs to the markers. What looks like a call
/// and is none stays content.
/// </remarks>
/// <param name="reasoning">The markers.</param>
/// <param name="tools">How calls are written; null where none are looked for.</param>
internal sealed class AnswerReader(ReasoningMarkers reasoning, ToolCallFormat? tools)
{
    private string _rest = "";
    private Part _part;
    private bool _skipsSpace;
    private bool _anyContent;
    private ToolCallReader? _calls;
    private readonly StringBuilder _unsure = new();                       // text since the opening of calls of which none has begun

    private enum Part { Beginning, Reasoning, Content, Calls }

    /// <summary>Passes over white space at the very beginning.</summary>
    public void SkipSpace() => _skipsSpace = true;

    /// <summary>Whether the model thinks now.</summary>
    public bool IsReasoning => _part == Part.Reasoning;

    /// <summary>Tool calls begun so far.</summary>
    public int Calls { get; private set; }

    /// <summary>Begins within the reasoning, where the prompt has opened it.</summary>
    public void BeginReasoning() => (_part, _skipsSpace) = (Part.Reasoning, true);

    /// <summary>Begins with content: the reasoning is over, or there is none.</summary>
    public void BeginContent() => (_part, _skipsSpace) = (Part.Content, true);

    /// <summary>Takes more text.</summary>
    /// <param name="text">It.</param>
    /// <param name="into">Receives what became certain.</param>
    public void Append(string text, List<AnswerDelta> into)
    {
        if (text.Length == 0)
            return;
        _rest = _rest.Length == 0 ? text : _rest + text;
        while (Advance(into))
        {
        }
    }

    /// <summary>Ends the answer: what was held back is passed on.</summary>
    public void Finish(List<AnswerDelta> into)
    {
        if (_part == Part.Calls)
        {
            int before = _calls!.Calls;
            _calls.Finish(into);
            Calls += _calls.Calls - before;
            if (_calls.Calls == 0)
                AddContent(_unsure.Append(_rest).ToString(), into);
        }
        else if (_part == Part.Reasoning)
            Add(AnswerDeltaKind.Reasoning, _rest.TrimEnd(), into);
        else
            AddContent(_anyContent || !string.IsNullOrWhiteSpace(_rest) || !_skipsSpace ? _rest : "", into);
        _rest = "";
    }

    // One part's worth of progress; whether there may be more in what is left.
    private bool Advance(List<AnswerDelta> into)
    {
        if (_skipsSpace && _part != Part.Calls)
        {
            _rest = _rest.TrimStart();
            if (_rest.Length == 0)
                return false;
            _skipsSpace = false;
        }
        return _part switch
        {
            Part.Beginning => Begin(),
            Part.Reasoning => Reason(into),
            Part.Content => Write(into),
            _ => Call(into),
        };
    }

    private bool Begin()
    {
        string text = _rest.TrimStart();
        if (text.StartsWith(reasoning.Open, StringComparison.Ordinal))
        {
            _rest = text[reasoning.Open.Length..];
            BeginReasoning();
            return true;
        }
        if (reasoning.Open.StartsWith(text, StringComparison.Ordinal) && _rest.Length < 256)
            return false;
        _part = Part.Content;
        return true;
    }

    private bool Reason(List<AnswerDelta> into)
    {
        int end = _rest.IndexOf(reasoning.Close, StringComparison.Ordinal);
        if (end >= 0)
        {
            Add(AnswerDeltaKind.Reasoning, _rest[..end].TrimEnd(), into);
            _rest = _rest[(end + reasoning.Close.Length)..];
            BeginContent();
            return true;
        }
        int sure = Sure(reasoning.Close);
        Add(AnswerDeltaKind.Reasoning, _rest[..sure], into);
        _rest = _rest[sure..];
        return false;
    }

    private bool Write(List<AnswerDelta> into)
    {
        if (tools is null)
        {
            AddContent(_rest, into);
            _rest = "";
            return false;
        }
        if (tools.Opening is not { } opening)
        {
            if (!_anyContent && _rest.TrimStart() is var start && (start.Length == 0 || start[0] == '{'))
                return start.Length > 0 && OpenCalls(0);
            AddContent(_rest, into);
            _rest = "";
            return false;
        }
        int at = _rest.IndexOf(opening, StringComparison.Ordinal);
        if (at >= 0)
        {
            AddContent(_rest[..at].TrimEnd(), into);
            _rest = _rest[at..];
            return OpenCalls(opening.Length);
        }
        int sure = Sure(opening);
        AddContent(_rest[..sure], into);
        _rest = _rest[sure..];
        return false;
    }

    private bool OpenCalls(int opening)
    {
        _unsure.Clear().Append(_rest, 0, opening);
        _rest = _rest[opening..];
        _calls = tools!.Open(Calls);
        _part = Part.Calls;
        return true;
    }

    private bool Call(List<AnswerDelta> into)
    {
        int at = 0;
        int before = _calls!.Calls;
        CallReading state = _calls.Append(_rest, ref at, into);
        Calls += _calls.Calls - before;
        _unsure.Append(_rest, 0, at);
        _rest = _rest[at..];
        if (state == CallReading.More)
            return false;
        if (_calls.Calls == 0)
            AddContent(_unsure.ToString(), into);
        else
            _skipsSpace = true;
        _part = Part.Content;
        return _rest.Length > 0;
    }

    // What certainly is no beginning of the marker, nor white space before it.
    private int Sure(string marker)
    {
        int sure = _rest.Length - HeldText.Beginning(_rest, marker);
        return sure - HeldText.Space(_rest.AsSpan(0, sure));
    }

    private void AddContent(string text, List<AnswerDelta> into)
    {
        _anyContent |= text.Length > 0;
        Add(AnswerDeltaKind.Content, text, into);
    }

    private static void Add(AnswerDeltaKind kind, string text, List<AnswerDelta> into)
    {
        if (text.Length > 0)
            into.Add(new AnswerDelta(kind, text));
    }
}
