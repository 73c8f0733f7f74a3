namespace Cerise.Training.Tasks;

/// <summary>The form of a document's response. Only the first passes the format reward: a base model has to have seen it, but also to have a choice.</summary>
public enum DocumentFormat
{
    /// <summary><c>&lt;think&gt; ... &lt;/think&gt; &lt;answer&gt; 13 &lt;/answer&gt;</c></summary>
    Tags,

    /// <summary>No think tags: <c>... &lt;answer&gt; 13 &lt;/answer&gt;</c></summary>
    NoThink,

    /// <summary>The thinking is never closed: <c>&lt;think&gt; ... &lt;answer&gt; 13 &lt;/answer&gt;</c></summary>
    OpenThink,

    /// <summary>No tags: <c>... The answer is 13.</c></summary>
    Plain,
}
