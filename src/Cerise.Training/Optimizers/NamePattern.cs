using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Cerise.Training.Optimizers;

/// <summary>A pattern for names of tensors: <c>*</c> stands for any text, <c>?</c> for one character, <c>[3-11]</c> for a number from 3 to 11.</summary>
internal sealed partial class NamePattern
{
    private readonly Regex _expression;
    private readonly List<(int Least, int Most)> _ranges = [];

    /// <param name="pattern">The pattern.</param>
    /// <exception cref="ArgumentException">A bracket holds no range of numbers.</exception>
    public NamePattern(string pattern)
    {
        StringBuilder expression = new(@"\A");
        for (int i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == '[')
            {
                Match range = Range().Match(pattern, i);
                if (!range.Success)
                    throw new ArgumentException($"'{pattern}' has a bracket that is no range of numbers; write [0-3] for 0, 1, 2 or 3");
                _ranges.Add((Number(range.Groups[1]), Number(range.Groups[2])));
                expression.Append(CultureInfo.InvariantCulture, $"(?<n{_ranges.Count}>[0-9]{{1,6}})");
                i += range.Length - 1;
            }
            else
            {
                expression.Append(pattern[i] switch { '*' => ".*", '?' => ".", var c => Regex.Escape(c.ToString()) });
            }
        }
        _expression = new Regex(expression.Append(@"\z").ToString(), RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
    }

    /// <summary>Whether a name fits.</summary>
    public bool Holds(string name)
    {
        Match match = _expression.Match(name);
        return match.Success && _ranges.Select((range, i) => (range, Value: Number(match.Groups[$"n{i + 1}"]))).All(pair => pair.Value >= pair.range.Least && pair.Value <= pair.range.Most);
    }

    private static int Number(Group digits) => int.Parse(digits.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\G\[([0-9]{1,6})-([0-9]{1,6})\]")]
    private static partial Regex Range();
}
