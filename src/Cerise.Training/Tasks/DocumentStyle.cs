namespace Cerise.Training.Tasks;

/// <summary>How much of the way to the answer a document shows.</summary>
public enum DocumentStyle
{
    /// <summary>The answer at once, after a thought that says nothing.</summary>
    Direct,

    /// <summary>Some of the way: a story without its first steps, a countdown without its failed tries.</summary>
    Partial,

    /// <summary>The whole way, step by step.</summary>
    Worked,

    /// <summary>The whole way alone, without question and answer: practice in the steps that is no example of how to respond.</summary>
    Calculation,
}
