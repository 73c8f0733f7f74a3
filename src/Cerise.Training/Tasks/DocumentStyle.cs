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

    /// <summary>An exercise and its solution as in a schoolbook: the whole way, but nobody asks and nobody responds. What a base model knows without showing it when asked.</summary>
    Textbook,
}
