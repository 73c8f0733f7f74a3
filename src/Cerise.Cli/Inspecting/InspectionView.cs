using System.Globalization;
using Cerise.Data;
using Cerise.Data.Conversations;

namespace Cerise.Cli.Inspecting;

/// <summary>Shows an inspection on a terminal, or as plain text.</summary>
/// <param name="ink">Writes it.</param>
/// <param name="tokenizer">Names tokens.</param>
/// <param name="showIds">Whether every token is listed with its id.</param>
internal sealed class InspectionView(Ink ink, ITokenizer tokenizer, bool showIds)
{
    private const int MostCharacters = 2000;
    private const int BarWidth = 40;

    private bool _namesFiles;

    /// <summary>Shows rows, checks and statistics.</summary>
    /// <param name="inspection">What was found.</param>
    /// <param name="most">Rows to show of each file; a page may have more.</param>
    public void Show(Inspection inspection, int most)
    {
        _namesFiles = inspection.Sources.Count > 1;
        foreach (SourceCount source in inspection.Sources)
            foreach (ChatRow row in inspection.Shown.Where(row => row.Row.File == source.File).Take(most))
                Show(row);
        foreach (ChatRow row in inspection.LeftOut)
            ink.Plain($"{Name(row)}: ").Warning($"left out: {row.DroppedBecause}").Line();
        if (inspection.Checks is { } checks)
            Show(checks.Results());
        Show(inspection.Statistics, inspection.Layout);
        if (_namesFiles)
            foreach (SourceCount source in inspection.Sources)
                Show(source);
    }

    private string Name(ChatRow row)
    {
        string name = $"row {Text(row.Row.Number > 0 ? row.Row.Number : row.Row.Line)}";
        return _namesFiles ? $"{name} of {row.Row.File}" : name;
    }

    private void Show(SourceCount source)
    {
        ChatStatistics counted = source.Statistics;
        string different = source.Different < counted.Rows ? $" ({Text(source.Different)} different ones)" : "";
        string cut = counted.CutRows > 0 ? $", {Text(counted.CutRows)} cut" : "";
        ink.Plain($"  {source.File}: {Text(counted.Rows)} rows{different}, {Text(counted.Used)} used{cut}, {Text(counted.Tokens)} tokens, {Text(counted.Trained)} trained").Line();
        foreach ((string reason, long rows) in counted.Dropped)
            ink.Plain($"    {Text(rows)} left out: {reason}").Line();
    }

    private void Show(ChatRow row)
    {
        ink.Strong(Name(row));
        if (row.Example is not { } example)
        {
            ink.Plain(": ").Warning($"left out: {row.DroppedBecause}").Line();
            return;
        }
        string cut = example.CutTokens > 0 ? $", {Text(example.CutTokens)} more cut off" : "";
        string polarity = example.Conversation.Polarity < 0 ? ", a bad example" : "";
        ink.Quiet($": {Text(example.Tokens.Count)} tokens{cut}, {Text(example.TrainedCount)} trained{polarity}");
        if (row.DroppedBecause is { } reason)
            ink.Plain("; ").Warning($"left out: {reason}");
        ink.Line();
        if (example.IsCutAtStart)
            ShowCut(example);
        foreach ((ChatTurn turn, int first, int count) in example.TokensByTurn())
            Show(example, turn, first, count);
        if (example.CutTokens > 0 && !example.IsCutAtStart)
            ShowCut(example);
    }

    private void ShowCut(ChatExample example) => ink.Warning($"  ... {Text(example.CutTokens)} tokens cut off").Line();

    private void Show(ChatExample example, ChatTurn turn, int first, int count)
    {
        int trained = example.Trained.Skip(first).Take(count).Sum(one => one);
        ink.Plain("  ").Strong(turn.Role).Quiet($" {Text(count)} tokens{(trained > 0 ? $", {Text(trained)} trained" : "")}");
        if (turn.Problem is { } problem)
            ink.Plain(": ").Bad(problem);
        else if (!turn.BeginsAsAtInference)
            ink.Plain(": ").Warning("does not begin as at inference");
        ink.Line();
        int left = MostCharacters;
        bool atLineStart = true;
        foreach (TokenRun run in TokenRun.Of(example, first, count, tokenizer))
        {
            string text = run.Text.Length <= left ? run.Text : run.Text[..left];
            foreach (string line in Lines(text))
            {
                if (atLineStart)
                    ink.Quiet("    | ");
                bool ends = line.EndsWith('\n');
                string shown = Visible(line);
                _ = run.IsTrained ? ink.Trained(shown) : ink.Plain(shown);
                if (ends)
                    ink.Line();
                atLineStart = ends;
            }
            if (text.Length < run.Text.Length)
            {
                ink.Quiet(" ... (shortened)");
                break;
            }
            left -= text.Length;
        }
        if (!atLineStart)
            ink.Line();
        if (showIds)
            ink.Quiet("    ids " + string.Join(' ', example.Tokens.Skip(first).Take(count).Select((token, i) => Id(example, first + i, token.Id)))).Line();
    }

    private string Id(ChatExample example, int index, int id)
        => $"{(example.Trained[index] == 1 ? "*" : "")}{Text(id)}:{JsonLine.Quote(tokenizer.Decode([id]))}";

    private void Show(IReadOnlyList<ConversationCheck> checks)
    {
        ink.Strong("checks").Line();
        foreach (ConversationCheck check in checks)
        {
            ink.Plain("  ");
            _ = check.Verdict switch
            {
                CheckVerdict.Passed => ink.Good("ok      "),
                CheckVerdict.Warning => ink.Warning("warning "),
                _ => ink.Bad("failed  "),
            };
            ink.Plain($"{check.Name}: {check.Explanation}").Line();
        }
    }

    private void Show(ChatStatistics statistics, ConversationLayout? layout)
    {
        string kind = layout is { } known ? $", {Training.Recipes.SnakeCase.From(known.ToString()).Replace('_', ' ')}" : "";
        ink.Strong($"{Text(statistics.Rows)} rows{kind}").Plain($": {Text(statistics.Used)} used").Line();
        foreach ((string reason, long rows) in statistics.Dropped)
            ink.Plain($"  {Text(rows)} left out: {reason}").Line();
        if (statistics.CutRows > 0)
            ink.Plain($"  {Text(statistics.CutRows)} cut, {Text(statistics.CutTokens)} tokens lost").Line();
        if (statistics.Longest is not { } longest)
            return;
        ink.Plain(string.Create(CultureInfo.InvariantCulture, $"  {statistics.Tokens} tokens, {statistics.Trained} trained ({100 * statistics.TrainedShare:F1} %)")).Line();
        foreach ((string role, (long tokens, long trained)) in statistics.Roles)
            ink.Plain($"    {role}: {Text(tokens)}{(trained > 0 ? $", {Text(trained)} trained" : "")}").Line();
        ink.Plain($"  length: shortest {Text(statistics.Percentile(0))}, half {Text(statistics.Percentile(0.5))}, 90 % {Text(statistics.Percentile(0.9))}, "
            + $"99 % {Text(statistics.Percentile(0.99))}, longest {Text(longest.Tokens)} ({longest.Place})").Line();
        IReadOnlyList<(int From, int To, int Rows)> bins = statistics.Histogram();
        int most = bins.Max(bin => bin.Rows), width = Text(bins[^1].To - 1).Length;
        foreach ((int from, int to, int rows) in bins)
        {
            string bar = new('█', rows == 0 ? 0 : Math.Max(1, (int)((long)BarWidth * rows / most)));
            ink.Plain($"    {Text(from).PadLeft(width)} to {Text(to - 1).PadLeft(width)} ").Quiet(bar).Plain($" {Text(rows)}").Line();
        }
    }

    private static IEnumerable<string> Lines(string text)
    {
        for (int start = 0; start < text.Length;)
        {
            int end = text.IndexOf('\n', start) + 1;
            end = end == 0 ? text.Length : end;
            yield return text[start..end];
            start = end;
        }
    }

    /// <summary>A line with its break and its tabs shown.</summary>
    private static string Visible(string line) => line.Replace('\n', '↵').Replace('\t', '→');

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
