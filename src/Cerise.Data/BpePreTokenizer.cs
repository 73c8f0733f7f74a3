namespace Cerise.Data;

/// <summary>How a trained tokenizer splits text before merging.</summary>
public enum BpePreTokenizer
{
    /// <summary>GPT-2's pattern: words, numbers and symbols with one space before them.</summary>
    Gpt2,

    /// <summary>The pattern of Qwen2 and Qwen2.5: as GPT-2's, but numbers in single digits, line breaks apart, and any one symbol may begin a word.</summary>
    Qwen2,
}
