using System.Collections.Frozen;
using System.Globalization;

namespace Cerise.Data.Tokenizers.Unicode;

/// <summary>Decompositions, compositions and combining classes, read once from the embedded table that normalization-data.py writes.</summary>
internal sealed class NormalizationData
{
    private static readonly Lazy<NormalizationData> Shared = new(() => new NormalizationData());

    private readonly FrozenDictionary<int, byte> _combiningClasses;
    private readonly FrozenDictionary<int, int[]> _canonical;
    private readonly FrozenDictionary<int, int[]> _compatible;
    private readonly FrozenDictionary<(int First, int Second), int> _composites;

    private NormalizationData()
    {
        var classes = new Dictionary<int, byte>();
        var canonical = new Dictionary<int, int[]>();
        var compatible = new Dictionary<int, int[]>();
        var composites = new Dictionary<(int First, int Second), int>();
        using Stream stream = typeof(NormalizationData).Assembly.GetManifestResourceStream("normalization-data.txt")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            int sign = line.AsSpan().IndexOfAny("=!~");
            if (line[0] == '@')
                ReadClasses(line, classes);
            else if (sign > 0)
            {
                int composite = Hex(line.AsSpan(0, sign));
                int[] parts = [.. line[(sign + 1)..].Split(' ').Select(part => Hex(part))];
                (line[sign] == '~' ? compatible : canonical).Add(composite, parts);
                if (line[sign] == '=')
                    composites.Add((parts[0], parts[1]), composite);
            }
        }
        _combiningClasses = classes.ToFrozenDictionary();
        _canonical = canonical.ToFrozenDictionary();
        _compatible = compatible.ToFrozenDictionary();
        _composites = composites.ToFrozenDictionary();
        SecondParts = composites.Keys.Select(pair => pair.Second).ToFrozenSet();
        Excluded = canonical.Where(entry => !IsComposite(entry.Key, entry.Value)).Select(entry => entry.Key).ToFrozenSet();
    }

    public static NormalizationData Instance => Shared.Value;

    /// <summary>Code points that compose with one before them (Hangul apart).</summary>
    public FrozenSet<int> SecondParts { get; }

    /// <summary>Code points whose canonical decomposition does not compose again.</summary>
    public FrozenSet<int> Excluded { get; }

    public byte CombiningClass(int codePoint) => _combiningClasses.GetValueOrDefault(codePoint);

    /// <summary>One step of decomposition, or null where there is none (Hangul apart).</summary>
    public int[]? Decomposition(int codePoint, bool compatible) =>
        _canonical.TryGetValue(codePoint, out int[]? parts) || (compatible && _compatible.TryGetValue(codePoint, out parts)) ? parts : null;

    /// <summary>The code point that two compose to (Hangul apart).</summary>
    public bool TryCompose(int first, int second, out int composite) => _composites.TryGetValue((first, second), out composite);

    private bool IsComposite(int codePoint, int[] parts) =>
        parts.Length == 2 && _composites.TryGetValue((parts[0], parts[1]), out int composite) && composite == codePoint;

    private static void ReadClasses(string line, Dictionary<int, byte> classes)
    {
        int dash = line.IndexOf('-', StringComparison.Ordinal), space = line.IndexOf(' ', StringComparison.Ordinal);
        byte value = byte.Parse(line.AsSpan(space + 1), CultureInfo.InvariantCulture);
        for (int c = Hex(line.AsSpan(1, dash - 1)); c <= Hex(line.AsSpan(dash + 1, space - dash - 1)); c++)
            classes.Add(c, value);
    }

    private static int Hex(ReadOnlySpan<char> digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
