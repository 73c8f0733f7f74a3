namespace Cerise.Training.Verifiers;

/// <summary>A way to find the answer in a response, in the order they are tried.</summary>
public enum AnswerRule
{
    /// <summary>The last <c>&lt;answer&gt;...&lt;/answer&gt;</c>.</summary>
    AnswerTag,

    /// <summary>The last <c>\boxed{...}</c> or <c>\fbox{...}</c>.</summary>
    Boxed,

    /// <summary>What follows the last "final answer is", "the answer is" or "answer:" on its line.</summary>
    Phrase,

    /// <summary>The number after the last <c>####</c>, GSM8K's own form.</summary>
    Gsm8kMarker,

    /// <summary>The last <c>$...$</c>; amounts of money are no math spans.</summary>
    MathSpan,

    /// <summary>The last number of the text. For evaluation only: as a reward it pays for lists of guesses.</summary>
    LastNumber,

    /// <summary>The whole text after thinking. For bare answers in files; as a reward it makes the answer's form meaningless.</summary>
    WholeText,
}
