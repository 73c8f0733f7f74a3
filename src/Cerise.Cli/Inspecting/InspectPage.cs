using System.Globalization;
using System.Net;
using System.Text;
using Cerise.Data;
using Cerise.Data.Conversations;
using Cerise.Training.Recipes;
using Cerise.Training.Runs.Reports;

namespace Cerise.Cli.Inspecting;

/// <summary>An inspection as one self-contained page. Whatever comes from the data is escaped.</summary>
internal static class InspectPage
{
    private const string Css = """
        .tiles { display: flex; flex-wrap: wrap; gap: 12px; margin: 16px 0; }
        .tiles div { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 8px 16px; min-width: 110px; }
        .tiles b { display: block; font-size: 21px; font-variant-numeric: tabular-nums; } .tiles span { color: var(--soft); font-size: 13px; }
        :root { --trained: #cfeed6; --trained-ink: #14401f; } td.why { text-align: left; white-space: normal; }
        @media (prefers-color-scheme: dark) { :root { --trained: #1f4a2b; --trained-ink: #d3f5db; } }
        .passed { color: var(--good); } .warning { color: #b26a00; } .failed { color: var(--bad); font-weight: 600; }
        @media (prefers-color-scheme: dark) { .warning { color: #f0b040; } }
        article { margin-bottom: 14px; } article header { display: flex; flex-wrap: wrap; gap: 4px 14px; color: var(--soft); font-size: 13.5px; margin-bottom: 6px; }
        article header b { color: var(--ink); }
        .turn { display: grid; grid-template-columns: 92px minmax(0, 1fr); gap: 10px; padding: 5px 0; border-top: 1px solid var(--line); }
        .turn .role { color: var(--soft); font-size: 12.5px; font-weight: 600; overflow-wrap: anywhere; } .turn .role small { display: block; font-weight: 400; }
        .turn .said { max-height: 32em; unicode-bidi: plaintext; } .said .special { unicode-bidi: isolate; direction: ltr; } .said span:hover { outline: 1px solid var(--accent); }
        mark { background: var(--trained); color: var(--trained-ink); border-radius: 2px; } .br { color: var(--soft); opacity: 0.7; }
        .checks td.why { overflow-wrap: anywhere; }
        @media (max-width: 640px) { table.checks, .checks tbody { display: block; } .checks tr { display: block; border-bottom: 1px solid var(--line); } .checks td { display: inline-block; border: 0; padding: 6px 12px 2px; }
          .checks td.why { display: block; padding-bottom: 8px; } .turn { grid-template-columns: 1fr; gap: 2px; } }
        .legend { margin: 4px 0 10px; } svg .bar { opacity: 0.75; }
        """;

    /// <summary>Makes the page.</summary>
    /// <param name="title">Its heading.</param>
    /// <param name="inspections">What it shows, each under a heading of its own where there are several.</param>
    public static string Render(string title, IReadOnlyList<Inspection> inspections)
    {
        var page = new StringBuilder();
        page.Append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>" +
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n");
        page.Append(CultureInfo.InvariantCulture, $"<title>{Escape(title)} - Cerise</title>\n<style>\n{ReportStyle.Css}\n{Css}\n</style></head>\n<body><main>\n");
        page.Append(CultureInfo.InvariantCulture, $"<h1>{Escape(title)}</h1>\n<p class=\"lead\">Rows as the trainer sees them.</p>\n");
        foreach (Inspection inspection in inspections)
        {
            if (inspections.Count > 1)
                page.Append(CultureInfo.InvariantCulture, $"<h2>{Escape(inspection.Title)}</h2>\n");
            Tiles(page, inspection.Statistics);
            Sources(page, inspection.Sources);
            if (inspection.Checks is { } checks)
                Checks(page, checks.Results());
            Lengths(page, inspection.Statistics);
            Rows(page, inspection);
        }
        return page.Append("</main></body></html>\n").ToString();
    }

    private static void Tiles(StringBuilder page, ChatStatistics statistics)
    {
        page.Append("<div class=\"tiles\">");
        Tile(Number(statistics.Used), "rows used");
        Tile(Number(statistics.Rows - statistics.Used), "left out");
        Tile(Number(statistics.CutRows), "cut");
        Tile(Number(statistics.Tokens), "tokens");
        Tile(Number(statistics.Trained), "trained");
        Tile(string.Create(CultureInfo.InvariantCulture, $"{100 * statistics.TrainedShare:0.0} %"), "share trained");
        page.Append("</div>\n");
        if (statistics.Dropped.Count == 0)
            return;
        page.Append("<ul>");
        foreach ((string reason, long rows) in statistics.Dropped)
            page.Append(CultureInfo.InvariantCulture, $"<li>{Number(rows)} left out: {Escape(reason)}</li>");
        page.Append("</ul>\n");

        void Tile(string figure, string what) => page.Append(CultureInfo.InvariantCulture, $"<div><b>{figure}</b><span>{what}</span></div>");
    }

    private static void Sources(StringBuilder page, IReadOnlyList<SourceCount> sources)
    {
        if (sources.Count < 2)
            return;
        page.Append("<div class=\"scroll\"><table><tr><th>file</th><th>rows</th><th>different</th><th>used</th><th>cut</th><th>tokens</th><th>trained</th></tr>\n");
        foreach (SourceCount source in sources)
        {
            ChatStatistics counted = source.Statistics;
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Escape(source.File)}</td><td>{Number(counted.Rows)}</td><td>{Number(source.Different)}</td>");
            page.Append(CultureInfo.InvariantCulture, $"<td>{Number(counted.Used)}</td><td>{Number(counted.CutRows)}</td><td>{Number(counted.Tokens)}</td><td>{Number(counted.Trained)}</td></tr>\n");
        }
        page.Append("</table></div>\n");
    }

    private static void Checks(StringBuilder page, IReadOnlyList<ConversationCheck> checks)
    {
        page.Append("<h3>Checks</h3>\n<div class=\"scroll\"><table class=\"wide checks\">\n");
        foreach (ConversationCheck check in checks)
        {
            string verdict = SnakeCase.From(check.Verdict.ToString());
            page.Append(CultureInfo.InvariantCulture,
                $"<tr><td>{Escape(check.Name)}</td><td class=\"{verdict}\">{verdict}</td><td class=\"why\">{Escape(check.Explanation)}</td></tr>\n");
        }
        page.Append("</table></div>\n");
    }

    private static void Lengths(StringBuilder page, ChatStatistics statistics)
    {
        if (statistics.Longest is not { } longest)
            return;
        page.Append(CultureInfo.InvariantCulture,
            $"<h3>Lengths in tokens</h3>\n<p class=\"lead\">shortest {statistics.Percentile(0)}, half {statistics.Percentile(0.5)}, 90 % {statistics.Percentile(0.9)}, ");
        page.Append(CultureInfo.InvariantCulture, $"99 % {statistics.Percentile(0.99)}, longest {longest.Tokens} ({Escape(longest.Place)})</p>\n");
        IReadOnlyList<(int From, int To, int Rows)> bins = statistics.Histogram(24);
        int most = bins.Max(bin => bin.Rows);
        const int width = 720, height = 120;
        double step = (double)width / bins.Count;
        page.Append(CultureInfo.InvariantCulture,
            $"<figure class=\"chart\"><svg viewBox=\"0 0 {width} {height + 20}\" role=\"img\" aria-label=\"rows by length\">");
        for (int i = 0; i < bins.Count; i++)
        {
            double tall = height * (double)bins[i].Rows / most;
            page.Append(CultureInfo.InvariantCulture,
                $"<rect class=\"bar\" x=\"{(i * step) + 1:0.#}\" y=\"{height - tall:0.#}\" width=\"{step - 2:0.#}\" height=\"{tall:0.#}\" rx=\"2\">");
            page.Append(CultureInfo.InvariantCulture, $"<title>{bins[i].From} to {bins[i].To - 1} tokens: {bins[i].Rows} rows</title></rect>");
            page.Append(CultureInfo.InvariantCulture, $"<text class=\"tick x\" x=\"{(i + 0.5) * step:0.#}\" y=\"{height + 14}\">{bins[i].From}</text>");
        }
        page.Append("</svg></figure>\n<h3>Tokens by role</h3>\n<div class=\"scroll\"><table><tr><th>role</th><th>tokens</th><th>trained</th></tr>\n");
        foreach ((string role, (long tokens, long trained)) in statistics.Roles)
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Escape(role)}</td><td>{Number(tokens)}</td><td>{Number(trained)}</td></tr>\n");
        page.Append("</table></div>\n");
    }

    private static void Rows(StringBuilder page, Inspection inspection)
    {
        page.Append("<h3>Rows</h3>\n<p class=\"legend\"><mark>trained</mark> tokens are highlighted; rest the pointer on a token for its id.</p>\n");
        bool namesFiles = inspection.Sources.Count > 1;
        foreach (ChatRow row in inspection.Sources.SelectMany(source => inspection.Shown.Where(row => row.Row.File == source.File)).Concat(inspection.LeftOut))
        {
            page.Append(CultureInfo.InvariantCulture, $"<article><header><b>row {(row.Row.Number > 0 ? row.Row.Number : row.Row.Line)}</b>");
            if (namesFiles)
                page.Append(CultureInfo.InvariantCulture, $"<span>{Escape(row.Row.File)}</span>");
            if (row.Example is { } example)
            {
                page.Append(CultureInfo.InvariantCulture, $"<span>{Number(example.Tokens.Count)} tokens</span><span>{Number(example.TrainedCount)} trained</span>");
                if (example.CutTokens > 0)
                    page.Append(CultureInfo.InvariantCulture, $"<span class=\"warning\">{Number(example.CutTokens)} cut off {(example.IsCutAtStart ? "at the start" : "at the end")}</span>");
                if (example.Conversation.Polarity < 0)
                    page.Append("<span>a bad example</span>");
            }
            if (row.DroppedBecause is { } reason)
                page.Append(CultureInfo.InvariantCulture, $"<span class=\"warning\">left out: {Escape(reason)}</span>");
            page.Append("</header>\n");
            foreach ((ChatTurn turn, int first, int count) in row.Example?.TokensByTurn() ?? [])
                Turn(page, row.Example!, turn, first, count, inspection.Chat.Tokenizer);
            page.Append("</article>\n");
        }
    }

    private static void Turn(StringBuilder page, ChatExample example, ChatTurn turn, int first, int count, ITokenizer tokenizer)
    {
        page.Append(CultureInfo.InvariantCulture, $"<div class=\"turn\"><div class=\"role\">{Escape(turn.Role)}<small>{count} tokens</small>");
        if (turn.Problem is { } problem)
            page.Append(CultureInfo.InvariantCulture, $"<small class=\"failed\">{Escape(problem)}</small>");
        else if (!turn.BeginsAsAtInference)
            page.Append("<small class=\"warning\">does not begin as at inference</small>");
        page.Append("</div><div class=\"said\">");
        for (int i = first; i < first + count; i++)
        {
            // Runs of one token: each can be pointed at. Marks are opened and closed only where the mask changes.
            if (example.Trained[i] == 1 && (i == first || example.Trained[i - 1] == 0))
                page.Append("<mark>");
            TokenRun run = TokenRun.Of(example, i, 1, tokenizer).Single();
            string text = Escape(run.Text).Replace("\n", "<span class=\"br\">↵</span>\n", StringComparison.Ordinal);
            page.Append(CultureInfo.InvariantCulture, $"<span title=\"{example.Tokens[i].Id}\"{(tokenizer.IsSpecial(example.Tokens[i].Id) ? " class=\"special\"" : "")}>{text}</span>");
            if (example.Trained[i] == 1 && (i == first + count - 1 || example.Trained[i + 1] == 0))
                page.Append("</mark>");
        }
        page.Append("</div></div>\n");
    }

    private static string Escape(string text) => WebUtility.HtmlEncode(text);

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
