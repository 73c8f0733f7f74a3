using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Cerise.Cli.Tests.Panel;

/// <summary>A terminal that understands what the live panel sends: text, line ends, cursor up and erase line.</summary>
internal static partial class Screen
{
    /// <summary>The lines a person sees after everything was sent.</summary>
    public static IReadOnlyList<string> Of(string sent)
    {
        var lines = new List<StringBuilder> { new() };
        (int row, int column) = (0, 0);
        foreach (Match match in Piece().Matches(sent))
        {
            switch (match.Value)
            {
                case "\n":
                    (row, column) = (row + 1, 0);
                    if (row == lines.Count)
                        lines.Add(new StringBuilder());
                    break;
                case "\r":
                    column = 0;
                    break;
                case [not '\u001b', ..] text:
                    lines[row].Append(' ', Math.Max(0, column + 1 - lines[row].Length));
                    lines[row][column++] = text[0];
                    break;
                case [.., 'A']:
                    row = Math.Max(0, row - int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
                    break;
                case [.., 'K']:
                    lines[row].Clear();
                    break;
                default:                                                    // colours, and the cursor shown or hidden
                    break;
            }
        }
        return [.. lines.Select(line => line.ToString().TrimEnd()).Where(line => line.Length > 0)];
    }

    [GeneratedRegex("\u001b\\[([0-9;?]*)[A-Za-z]|[\\s\\S]")]
    private static partial Regex Piece();
}
