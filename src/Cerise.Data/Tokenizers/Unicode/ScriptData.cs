using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Cerise.Data.Tokenizers.Unicode;

/// <summary>The writing system of each character, read once from the embedded table that script-data.mjs writes.</summary>
internal sealed class ScriptData
{
    /// <summary>The script of characters that have none.</summary>
    public const string Any = "Any";

    private static readonly Lazy<ScriptData> Shared = new(() => new ScriptData());

    private readonly int[] _firsts;
    private readonly int[] _lasts;
    private readonly string[] _scripts;
    private readonly FrozenDictionary<string, string> _sets;                // ranges up to U+FFFF as they stand in a set of a pattern

    private ScriptData()
    {
        var rows = new List<(int First, int Last, string Script)>();
        var sets = new Dictionary<string, StringBuilder>(StringComparer.OrdinalIgnoreCase);
        using Stream stream = typeof(ScriptData).Assembly.GetManifestResourceStream("script-data.txt")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
                continue;
            int dash = line.IndexOf('-', StringComparison.Ordinal), space = line.IndexOf(' ', StringComparison.Ordinal);
            int first = Hex(line.AsSpan(0, dash)), last = Hex(line.AsSpan(dash + 1, space - dash - 1));
            string script = string.Intern(line[(space + 1)..]);
            rows.Add((first, last, script));
            if (first > 0xFFFF)
                continue;
            if (!sets.TryGetValue(script, out StringBuilder? set))
                sets.Add(script, set = new StringBuilder());
            set.Append(CultureInfo.InvariantCulture, $@"\u{first:X4}-\u{Math.Min(last, 0xFFFF):X4}");
        }
        _firsts = [.. rows.Select(row => row.First)];
        _lasts = [.. rows.Select(row => row.Last)];
        _scripts = [.. rows.Select(row => row.Script)];
        _sets = sets.ToFrozenDictionary(entry => entry.Key, entry => entry.Value.ToString(), StringComparer.OrdinalIgnoreCase);
    }

    public static ScriptData Instance => Shared.Value;

    /// <summary>The script of a character, such as Latin, Common or Inherited; <see cref="Any"/> for unassigned ones.</summary>
    public string ScriptOf(int codePoint)
    {
        int row = Array.BinarySearch(_firsts, codePoint);
        if (row < 0)
            row = ~row - 1;
        return row >= 0 && codePoint <= _lasts[row] ? _scripts[row] : Any;
    }

    /// <summary>The script's characters up to U+FFFF, as ranges within a set of a pattern; null where there is no such script.</summary>
    public string? SetOf(string script) => _sets.GetValueOrDefault(script);

    /// <summary>Marks the script's characters up to U+FFFF in a table; none where there is no such script.</summary>
    public void Mark(string script, bool[] table)
    {
        for (int row = 0; row < _scripts.Length && _firsts[row] < table.Length; row++)
            if (_scripts[row].Equals(script, StringComparison.OrdinalIgnoreCase))
                table.AsSpan(_firsts[row]..(Math.Min(_lasts[row], table.Length - 1) + 1)).Fill(true);
    }

    private static int Hex(ReadOnlySpan<char> digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
