using System.Text;
using Cerise.Data.Tokenizers.Alignment;

namespace Cerise.Data.Tokenizers.Unicode;

/// <summary>One of the four normalization forms of Unicode (UAX #15), in code, because the framework's own does nothing under InvariantGlobalization.</summary>
/// <remarks>Text that is already in the form, nearly all text for NFC, is recognised in one pass and returned as it is.</remarks>
internal sealed class UnicodeForm
{
    private const int HangulFirst = 0xAC00, LeadFirst = 0x1100, VowelFirst = 0x1161, TrailBase = 0x11A7;
    private const int LeadCount = 19, VowelCount = 21, TrailCount = 28, HangulCount = LeadCount * VowelCount * TrailCount;

    /// <summary>Every character below it is its own form C and composes with nothing before it.</summary>
    private const char FirstComposing = '\u0300';

    private readonly NormalizationData _data = NormalizationData.Instance;
    private readonly bool _compose;
    private readonly bool _compatible;
    private readonly Lazy<bool[]> _inert;                                   // per BMP unit: class 0 and unchanged by this form

    private UnicodeForm(bool compose, bool compatible)
    {
        (_compose, _compatible) = (compose, compatible);
        _inert = new(() => [.. Enumerable.Range(0, 0x10000).Select(c => _data.CombiningClass(c) == 0 && !MayChange(c))]);
    }

    public static UnicodeForm C { get; } = new(compose: true, compatible: false);

    public static UnicodeForm D { get; } = new(compose: false, compatible: false);

    public static UnicodeForm KC { get; } = new(compose: true, compatible: true);

    public static UnicodeForm KD { get; } = new(compose: false, compatible: true);

    /// <summary>The text in this form; the same instance where it already is.</summary>
    public string Normalize(string text) => Normalize(new TrackedText(text, null)).Text;

    /// <summary>The same, keeping track of where the characters come from.</summary>
    public TrackedText Normalize(TrackedText text)
    {
        int start = text.Text.AsSpan().IndexOfAnyExceptInRange('\0', _compose && !_compatible ? (char)(FirstComposing - 1) : '\u007F');
        if (start < 0 || IsNormalized(text.Text.AsSpan(start)))
            return text;
        List<Change> changes = Decompose(text.Text);
        Reorder(changes);
        if (_compose)
            Compose(changes);
        var result = new TextRewriter(text);
        foreach (Change change in changes)
            result.Transform(new Rune(change.CodePoint), change.Count);
        return result.Finish();
    }

    /// <summary>The quick check: true means normalized; false means perhaps not.</summary>
    private bool IsNormalized(ReadOnlySpan<char> text)
    {
        bool[] inert = _inert.Value;
        byte previous = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            int c = rune.Value;
            if (rune.IsBmp && inert[c])
            {
                previous = 0;
                continue;
            }
            byte combining = _data.CombiningClass(c);
            if ((combining != 0 && combining < previous) || MayChange(c))
                return false;
            previous = combining;
        }
        return true;
    }

    private bool MayChange(int c)
    {
        if (!_compose)
            return IsHangul(c) || _data.Decomposition(c, _compatible) is not null;
        return _data.SecondParts.Contains(c) || _data.Excluded.Contains(c)
            || c is (>= VowelFirst and < VowelFirst + VowelCount) or (> TrailBase and < TrailBase + TrailCount)
            || (_compatible && _data.Decomposition(c, compatible: true) is not null);
    }

    private List<Change> Decompose(string text)
    {
        var result = new List<Change>(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            int first = result.Count;
            Decompose(rune.Value, result);
            result[first] = result[first] with { Count = 0 };
        }
        return result;
    }

    private void Decompose(int c, List<Change> result)
    {
        if (IsHangul(c))
        {
            int index = c - HangulFirst;
            result.Add(new(LeadFirst + (index / (VowelCount * TrailCount)), 1));
            result.Add(new(VowelFirst + (index / TrailCount % VowelCount), 1));
            if (index % TrailCount != 0)
                result.Add(new(TrailBase + (index % TrailCount), 1));
        }
        else if (_data.Decomposition(c, _compatible) is { } parts)
            foreach (int part in parts)
                Decompose(part, result);
        else
            result.Add(new(c, 1));
    }

    /// <summary>Sorts each run of combining characters by class, keeping the order within a class.</summary>
    private void Reorder(List<Change> changes)
    {
        for (int start = 0; start < changes.Count; start++)
        {
            if (_data.CombiningClass(changes[start].CodePoint) == 0)
                continue;
            int end = start + 1;
            bool sorted = true;
            while (end < changes.Count && _data.CombiningClass(changes[end].CodePoint) is > 0 and var combining)
                sorted &= combining >= _data.CombiningClass(changes[end++ - 1].CodePoint);
            if (!sorted)
            {
                Change[] run = [.. changes[start..end].OrderBy(change => _data.CombiningClass(change.CodePoint))];      // OrderBy is stable
                for (int i = 0; i < run.Length; i++)
                    changes[start + i] = run[i];
            }
            start = end;
        }
    }

    /// <summary>Joins each starter with the following characters that no equal or higher class keeps from it.</summary>
    private void Compose(List<Change> changes)
    {
        int starter = -1, written = 0;
        int previousClass = -1;                                             // of the last character kept after the starter; -1: none
        for (int read = 0; read < changes.Count; read++)
        {
            Change change = changes[read];
            int combining = _data.CombiningClass(change.CodePoint);
            if (starter >= 0 && previousClass < combining && TryCompose(changes[starter].CodePoint, change.CodePoint, out int composite))
            {
                changes[starter] = new(composite, changes[starter].Count + change.Count - 1);
                continue;
            }
            if (combining == 0)
            {
                starter = written;
                previousClass = -1;
            }
            else
                previousClass = combining;
            changes[written++] = change;
        }
        changes.RemoveRange(written, changes.Count - written);
    }

    private bool TryCompose(int first, int second, out int composite)
    {
        int lead = first - LeadFirst, vowel = second - VowelFirst, trail = second - TrailBase;
        if (lead is >= 0 and < LeadCount && vowel is >= 0 and < VowelCount)
        {
            composite = HangulFirst + (((lead * VowelCount) + vowel) * TrailCount);
            return true;
        }
        if (IsHangul(first) && (first - HangulFirst) % TrailCount == 0 && trail is > 0 and < TrailCount)
        {
            composite = first + trail;
            return true;
        }
        return _data.TryCompose(first, second, out composite);
    }

    private static bool IsHangul(int c) => c is >= HangulFirst and < HangulFirst + HangulCount;

    /// <summary>A character of the result and what it does to the source: 0 takes one character's place, 1 is an addition, -n also takes the place of n more.</summary>
    private readonly record struct Change(int CodePoint, int Count);
}
