using System.Text.Json;
using Cerise.Testing;
using Cerise.Training.Verifiers;

namespace Cerise.Training.Tests.Verifiers;

public class BoxedAnswerTests
{
    [Theory]                                                               // V122
    [InlineData(@"so \boxed{\frac{1}{2}} then \boxed{3}", "3")]
    [InlineData(@"\boxed{\frac{\sqrt{2}}{2}}", @"\frac{\sqrt{2}}{2}")]
    [InlineData(@"\boxed{5", null)]
    [InlineData(@"\fbox{7}", "7")]
    [InlineData(@"\boxed{}", "")]
    [InlineData("no box", null)]
    public void V122_last_box_is_read_by_counting_braces(string text, string? expected) => Assert.Equal(expected, BoxedAnswer.Last(text));

    [Theory]
    [InlineData(@"\boxed{\{1, 2\}}", @"\{1, 2\}")]
    [InlineData(@"\boxed{1} and \boxed{2", null)]
    [InlineData(@"\boxed{a\", null)]
    public void Escaped_and_missing_braces_are_understood(string text, string? expected) => Assert.Equal(expected, BoxedAnswer.Last(text));

    [Fact]
    public void Published_extraction_cases_agree()
    {
        foreach (string line in File.ReadLines(TestPaths.SharedData("math_verification/boxed_extraction.jsonl")))
        {
            using var row = JsonDocument.Parse(line);
            string input = row.RootElement.GetProperty("input").GetString()!;
            string? output = row.RootElement.GetProperty("output").GetString();
            // The published function keeps the command around the content.
            string? content = output is null ? null : BoxedAnswer.Last(output);
            Assert.Equal(content, BoxedAnswer.Last(input));
            Assert.Equal(output is null, BoxedAnswer.Last(input) is null);
        }
    }
}
