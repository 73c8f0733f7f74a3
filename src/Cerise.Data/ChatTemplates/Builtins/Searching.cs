using Cerise.Data.ChatTemplates.Values;

namespace Cerise.Data.ChatTemplates.Builtins;

/// <summary>str.find(), count(), startswith() and their like, whose bounds count code points.</summary>
internal static class Searching
{
    /// <summary>The place of a text in another, in code points, or -1.</summary>
    public static int Find(Call call, bool last)
    {
        (int start, int end) = Bounds(call);
        if (start > end)
            return -1;
        ReadOnlySpan<char> window = call.Text.Text.AsSpan(start, end - start);
        string sought = call.String(0).Text;
        call.State.ChargeSearch(window.Length, sought.Length);
        int found = last ? window.LastIndexOf(sought, StringComparison.Ordinal) : window.IndexOf(sought, StringComparison.Ordinal);
        return found < 0 ? -1 : call.Text.CodePointsBefore(start + found);
    }

    /// <summary>How often a text occurs in another without overlap.</summary>
    public static int Count(Call call)
    {
        (int start, int end) = Bounds(call);
        if (start > end)
            return 0;
        ReadOnlySpan<char> window = call.Text.Text.AsSpan(start, end - start);
        string sought = call.String(0).Text;
        call.State.ChargeSearch(window.Length, sought.Length);
        return sought.Length == 0 ? Text.CodePoint.Count(window) + 1 : window.Count(sought);
    }

    /// <summary>Whether a text begins or ends with another, or with one of a tuple.</summary>
    public static bool HasAffix(Call call, bool atEnd)
    {
        (int start, int end) = Bounds(call);
        if (start > end)
            return false;
        if (call[0] is not TupleValue choices)
            return Fits(call.String(0));
        foreach (Value choice in call.State.Items(choices))
            if (Fits(choice as StringValue ?? throw new TemplateFault($"tuple for {(atEnd ? "endswith" : "startswith")} must only contain str, not {choice.TypeName}")))
                return true;
        return false;

        bool Fits(StringValue affix)
        {
            ReadOnlySpan<char> window = call.Text.Text.AsSpan(start, end - start);
            call.State.ChargeText(affix.Text.Length);
            return atEnd ? window.EndsWith(affix.Text, StringComparison.Ordinal) : window.StartsWith(affix.Text, StringComparison.Ordinal);
        }
    }

    // The arguments start and end, as UTF-16 indexes.
    private static (int Start, int End) Bounds(Call call)
    {
        if (!call.Has(1) && !call.Has(2))
            return (0, call.Text.Text.Length);
        int length = call.Text.Length!.Value;
        long start = call.Has(1) ? call.Int(1) : 0, end = call.Has(2) ? call.Int(2) : length;
        start = Math.Max(0, start < 0 ? start + length : start);
        end = Math.Clamp(end < 0 ? end + length : end, 0, length);
        return start > end ? (1, 0) : (call.Text.Offset((int)start, call.State), call.Text.Offset((int)end, call.State));
    }
}
