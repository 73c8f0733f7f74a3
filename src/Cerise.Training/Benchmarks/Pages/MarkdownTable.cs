using System.Text;

namespace Cerise.Training.Benchmarks.Pages;

/// <summary>A table in Markdown.</summary>
internal static class MarkdownTable
{
    public static string Of(IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows)
    {
        var text = new StringBuilder();
        Row(header);
        Row([.. header.Select(_ => "---")]);
        foreach (IReadOnlyList<string> row in rows)
            Row(row);
        return text.ToString();

        void Row(IReadOnlyList<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
    }
}
