namespace Cerise.Training.Runs.Reports;

/// <summary>The style sheet of reports and other pages: light, and dark where the reader's system is.</summary>
public static class ReportStyle
{
    /// <summary>Colours by role, text, tables, cards, charts.</summary>
    public const string Css = """
        :root { --bg: #fbfaf8; --card: #ffffff; --ink: #22201f; --soft: #6d6763; --line: #e6e1dc; --grid: #eeeae6; --accent: #b3123f;
          --chip: #f3efeb; --good: #2b7a3d; --bad: #b3123f;
          --s0: #b3123f; --s1: #2463a6; --s2: #2b7a3d; --s3: #c27a00; --s4: #7a3fa0; --s5: #0e8482; --s6: #7d5a3c; --s7: #5b6470; }
        @media (prefers-color-scheme: dark) {
          :root { --bg: #171514; --card: #211e1d; --ink: #ece7e3; --soft: #a39b95; --line: #38332f; --grid: #2d2927; --accent: #ff6b8f;
            --chip: #2f2a28; --good: #6fcf86; --bad: #ff6b8f;
            --s0: #ff6b8f; --s1: #6fb1f2; --s2: #6fcf86; --s3: #f0b040; --s4: #c594ea; --s5: #4fd0cc; --s6: #d3a57c; --s7: #a9b3c0; }
        }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--bg); color: var(--ink);
          font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
        main { max-width: 1180px; margin: 0 auto; padding: 32px 20px 64px; }
        h1 { font-size: 28px; margin: 0 0 2px; letter-spacing: -0.01em; }
        h2 { font-size: 19px; margin: 40px 0 12px; padding-bottom: 6px; border-bottom: 1px solid var(--line); }
        h3 { font-size: 15px; margin: 22px 0 10px; color: var(--soft); font-weight: 600; }
        p.lead { margin: 0 0 4px; color: var(--soft); }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; background: var(--card); border: 1px solid var(--line); border-radius: 8px;
          font-variant-numeric: tabular-nums; }
        table.wide { width: 100%; }
        th, td { text-align: right; padding: 7px 14px; border-bottom: 1px solid var(--line); white-space: nowrap; }
        th { color: var(--soft); font-weight: 600; font-size: 13px; }
        th:first-child, td:first-child { text-align: left; }
        tr:last-child td { border-bottom: 0; }
        td.text { text-align: left; white-space: normal; }
        td b { color: var(--accent); }
        .interval { color: var(--soft); font-size: 13px; }
        .grid-charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(340px, 1fr)); gap: 14px; }
        figure.chart { margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 10px 12px 8px; }
        figcaption { font-weight: 600; font-size: 13.5px; display: flex; justify-content: space-between; }
        figcaption .last { color: var(--accent); font-variant-numeric: tabular-nums; }
        svg { width: 100%; height: auto; display: block; }
        svg .grid { stroke: var(--grid); } svg .axis { stroke: var(--soft); }
        svg .tick { fill: var(--soft); font-size: 11px; } svg .tick.y { text-anchor: end; dominant-baseline: central; }
        svg .tick.x { text-anchor: middle; }
        svg path { fill: none; stroke-linejoin: round; stroke-linecap: round; } svg .line { stroke-width: 2; }
        svg .raw { stroke-width: 1; opacity: 0.28; }
        svg .interval { stroke: var(--ink); stroke-width: 1.5; } svg .bar { fill: var(--accent); opacity: 0.6; } svg .bar-bg { fill: var(--chip); }
        .s0 { stroke: var(--s0); } .s1 { stroke: var(--s1); } .s2 { stroke: var(--s2); } .s3 { stroke: var(--s3); } .s4 { stroke: var(--s4); }
        .s5 { stroke: var(--s5); } .s6 { stroke: var(--s6); } .s7 { stroke: var(--s7); }
        .k0 { background: var(--s0); } .k1 { background: var(--s1); } .k2 { background: var(--s2); } .k3 { background: var(--s3); }
        .k4 { background: var(--s4); } .k5 { background: var(--s5); } .k6 { background: var(--s6); } .k7 { background: var(--s7); }
        .legend { display: flex; flex-wrap: wrap; gap: 2px 14px; font-size: 12.5px; color: var(--soft); padding-top: 4px; }
        .legend i { display: inline-block; width: 10px; height: 10px; border-radius: 2px; margin-right: 5px; }
        .legend b { color: var(--ink); font-weight: 600; }
        .samples { display: grid; grid-template-columns: repeat(auto-fit, minmax(260px, 1fr)); gap: 14px; align-items: start; }
        .samples > div { display: grid; gap: 12px; min-width: 0; }
        .samples .step { font-weight: 600; font-size: 13.5px; color: var(--soft); }
        article { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 10px 12px; min-width: 0; }
        article .prompt { color: var(--soft); border-left: 3px solid var(--line); padding-left: 9px; margin-bottom: 8px; }
        .said { white-space: pre-wrap; overflow-wrap: anywhere;
          font: 12.5px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; max-height: 22em; overflow-y: auto; }
        .chips { display: flex; flex-wrap: wrap; gap: 5px; margin-top: 9px; }
        .chips span { background: var(--chip); border-radius: 5px; padding: 1px 7px; font-size: 12px; color: var(--soft);
          font-variant-numeric: tabular-nums; }
        .chips b { color: var(--ink); font-weight: 600; } .chips .up b { color: var(--good); } .chips .down b { color: var(--bad); }
        details { margin-top: 12px; } summary { cursor: pointer; color: var(--soft); font-weight: 600; font-size: 13.5px; padding: 4px 0; }
        pre { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px 14px; overflow-x: auto;
          font: 12.5px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
        """;
}
