using System.Text;
using Cerise.Data.ChatTemplates.Running;
using Cerise.Data.ChatTemplates.Values;

namespace Cerise.Data.ChatTemplates.Text;

/// <summary>Text under construction, with the origins of its characters where there are any. What is appended is charged to the render's budget.</summary>
internal sealed class TextBuffer(RenderState state)
{
    private readonly StringBuilder _text = new();
    private List<OriginRun>? _runs;                                        // covers the whole text once there is one run
    private int _covered;

    public int Length => _text.Length;

    public void Append(string text) => Append(text.AsSpan(), Origin.None);

    public void Append(char c)
    {
        state.ChargeText(1, _text.Length);
        _text.Append(c);
        Cover(1, Origin.None);
    }

    public void Append(char c, int count)
    {
        state.ChargeText(count, _text.Length);
        _text.Append(c, count);
        Cover(count, Origin.None);
    }

    public void Append(ReadOnlySpan<char> text, Origin origin)
    {
        state.ChargeText(text.Length, _text.Length);
        _text.Append(text);
        Cover(text.Length, origin);
    }

    public void Append(StringValue value) => Append(value, 0, value.Text.Length, Origin.None);

    public void Append(StringValue value, Origin place) => Append(value, 0, value.Text.Length, place);

    public void Append(StringValue value, int start, int length) => Append(value, start, length, Origin.None);

    /// <summary>Appends part of a text, counted in UTF-16 units, as written at a place.</summary>
    public void Append(StringValue value, int start, int length, Origin place)
    {
        state.ChargeText(length, _text.Length);
        _text.Append(value.Text, start, length);
        if (value.Runs is null)
        {
            Cover(length, place);
            return;
        }
        int end = start + length;
        for (int run = value.RunAt(start); start < end; run++)
        {
            int stop = Math.Min(end, value.Runs[run].End);
            Cover(stop - start, value.Runs[run].Origin.WrittenAt(place));
            start = stop;
        }
    }

    /// <summary>Gives everything from a position on one origin.</summary>
    public void MarkFrom(int start, Origin origin) => Recover(start, _ => origin);

    /// <summary>Gives a turn to what has none from a position on.</summary>
    public void ClaimFrom(int start, int turn) => Recover(start, origin => origin.Turn < 0 ? origin with { Turn = turn } : origin);

    public StringValue ToValue(bool isMarkup = false) => new(_text.ToString(), _runs?.ToArray(), isMarkup);

    public IReadOnlyList<OriginRun> Runs => _runs ?? (_text.Length == 0 ? [] : [new OriginRun(_text.Length, Origin.None)]);

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    // Runs before the position are left alone, so the cost is that of what changes.
    private void Recover(int start, Func<Origin, Origin> change)
    {
        if (start == _text.Length)
            return;
        _runs ??= [new OriginRun(_text.Length, Origin.None)];
        int first = _runs.Count;
        while (first > 0 && _runs[first - 1].End > start)
            first--;
        OriginRun[] changed = [.. _runs[first..]];
        _runs.RemoveRange(first, changed.Length);
        _covered = first == 0 ? 0 : _runs[^1].End;
        foreach (OriginRun run in changed)
        {
            Cover(Math.Max(0, start - _covered), run.Origin);
            Cover(run.End - _covered, change(run.Origin));
        }
    }

    private void Cover(int length, Origin origin)
    {
        if (length == 0)
            return;
        int before = _covered;
        _covered += length;
        if (_runs is null)
        {
            if (origin.IsNone)
                return;
            _runs = [];
            if (before > 0)
                _runs.Add(new OriginRun(before, Origin.None));
        }
        if (_runs.Count > 0 && _runs[^1].Origin == origin)
            _runs[^1] = new OriginRun(_covered, origin);
        else
            _runs.Add(new OriginRun(_covered, origin));
    }
}
