using System.Text.RegularExpressions;
using Cerise.Testing;

namespace Cerise.Cli.Tests.Docs;

/// <summary>A page of the repository's documents.</summary>
internal sealed partial class Document
{
    private readonly string[] _lines;

    private Document(string path)
    {
        Path = path;
        Text = File.ReadAllText(System.IO.Path.Combine(TestPaths.Repository, path)).ReplaceLineEndings("\n");
        _lines = Text.Split('\n');
    }

    /// <summary>From the repository's root, with '/'.</summary>
    public string Path { get; }

    public string Text { get; }

    /// <summary>Every page: those at the root, and all under docs.</summary>
    public static IReadOnlyList<Document> All { get; } =
    [
        .. new[] { "README.md", "CONTRIBUTING.md", "CHANGELOG.md" }.Select(path => new Document(path)),
        .. Directory.EnumerateFiles(System.IO.Path.Combine(TestPaths.Repository, "docs"), "*.md", SearchOption.AllDirectories)
            .Select(path => System.IO.Path.GetRelativePath(TestPaths.Repository, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal)
            .Select(path => new Document(path)),
    ];

    public static Document Of(string path) => All.Single(document => document.Path == path);

    /// <summary>The anchors that links may lead to, as GitHub makes them from headings.</summary>
    public IEnumerable<string> Anchors => OutsideFences().Where(line => line.StartsWith('#'))
        .Select(line => NotInAnchors().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    /// <summary>Texts between backticks, fenced blocks left out.</summary>
    public IEnumerable<string> Code => OutsideFences().SelectMany(line => InlineCode().Matches(line)).Select(match => match.Groups[1].Value);

    /// <summary>The fenced blocks of a language.</summary>
    public IEnumerable<string> Blocks(string language) => Fence().Matches(Text).Where(match => match.Groups[1].Value == language).Select(match => match.Groups[2].Value);

    /// <summary>The rows of all tables with the given heading above, cell by cell, each with its table's header.</summary>
    public IEnumerable<(string Heading, string[] Header, string[] Cells)> Rows()
    {
        string heading = "";
        string[]? header = null;
        foreach (string line in OutsideFences())
        {
            if (line.StartsWith('#'))
                heading = line.TrimStart('#').Trim();
            if (!line.StartsWith('|'))
            {
                header = null;
                continue;
            }
            string[] cells = [.. CellBorder().Split(line.Trim().Trim('|')).Select(cell => cell.Trim().Replace("\\|", "|", StringComparison.Ordinal))];
            if (header is null)
                header = cells;
            else if (!cells.All(cell => cell.Length > 0 && cell.All(c => c is '-' or ':')))
                yield return (heading, header, cells);
        }
    }

    /// <summary>The texts between backticks in a cell.</summary>
    public static string[] CodeIn(string cell) => [.. InlineCode().Matches(cell).Select(match => match.Groups[1].Value)];

    private IEnumerable<string> OutsideFences()
    {
        bool inside = false;
        foreach (string line in _lines)
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
                inside = !inside;
            else if (!inside)
                yield return line;
        }
    }

    [GeneratedRegex(@"^```(\w+)\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"`([^`]+)`")]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex CellBorder();

    [GeneratedRegex(@"[^\p{L}\p{N} _-]")]
    private static partial Regex NotInAnchors();
}
