using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Cerise.Training.Recipes;

/// <summary>Writes recipe nodes as YAML: maps and lists of maps in block style,
/// lists of single values on one line, text quoted only where it must be.</summary>
internal static partial class YamlText
{
    /// <summary>The YAML of a map, ending in a line break.</summary>
    public static string Write(RecipeMap root)
    {
        var text = new StringBuilder();
        WriteMap(text, root, 0, firstIndented: false);
        return text.ToString();
    }

    private static void WriteMap(StringBuilder text, RecipeMap map, int indent, bool firstIndented)
    {
        bool onLine = firstIndented;                                        // a map inside a list begins after its dash
        foreach (RecipeEntry entry in map.Entries)
        {
            if (!onLine)
                text.Append(' ', indent);
            onLine = false;
            text.Append(Quote(entry.Key)).Append(':');
            WriteValue(text, entry.Value, indent);
        }
    }

    private static void WriteValue(StringBuilder text, RecipeNode value, int indent)
    {
        switch (value)
        {
            case RecipeMap { Entries.Count: > 0 } map:
                text.Append('\n');
                WriteMap(text, map, indent + 2, firstIndented: false);
                break;
            case RecipeList list when list.Items.Any(item => item is not RecipeScalar):
                text.Append('\n');
                foreach (RecipeNode item in list.Items)
                {
                    text.Append(' ', indent + 2).Append('-');
                    WriteItem(text, item, indent + 2);
                }
                break;
            default:
                text.Append(' ').Append(Inline(value)).Append('\n');
                break;
        }
    }

    private static void WriteItem(StringBuilder text, RecipeNode item, int indent)
    {
        if (item is RecipeMap { Entries.Count: > 0 } map)
        {
            text.Append(' ');
            WriteMap(text, map, indent + 2, firstIndented: true);
        }
        else
        {
            WriteValue(text, item, indent);
        }
    }

    /// <summary>A single value or a list of them on one line.</summary>
    public static string Inline(RecipeNode node) => node switch
    {
        RecipeScalar { IsPlain: true } scalar => scalar.Text,
        RecipeScalar scalar => Quote(scalar.Text),
        RecipeList list => $"[{string.Join(", ", list.Items.Select(Inline))}]",
        _ => "{}",
    };

    private static string Quote(string text)
    {
        bool readsBack = PlainPattern().IsMatch(text) && new RecipeScalar(default, text, isPlain: true).IsText;
        if (readsBack)
            return text;
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (char c in text)
        {
            switch (c)
            {
                case '"': quoted.Append("\\\""); break;
                case '\\': quoted.Append("\\\\"); break;
                case '\n': quoted.Append("\\n"); break;
                case '\t': quoted.Append("\\t"); break;
                case '\r': quoted.Append("\\r"); break;
                case < ' ' or (>= '\x7F' and <= '\xA0') or '\u2028' or '\u2029' or '\uFEFF' or '\uFFFE' or '\uFFFF':
                    quoted.Append("\\u").Append(((int)c).ToString("X4", CultureInfo.InvariantCulture));
                    break;
                default: quoted.Append(c); break;
            }
        }
        return quoted.Append('"').ToString();
    }

    // Letters, digits and marks that mean nothing in YAML wherever they stand; anything else is quoted.
    [GeneratedRegex(@"^[A-Za-z0-9_./][A-Za-z0-9_./+-]*( [A-Za-z0-9_./+-]+)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex PlainPattern();
}
