using System.Text;
using Cerise.Data.Grammars;

namespace Cerise.Data.Tests.Grammars;

/// <summary>Ways through grammars.</summary>
internal static class Walks
{
    /// <summary>Every byte, and no more.</summary>
    public static TokenVocabulary Bytes { get; } = new(256, id => [(byte)id]);

    /// <summary>Every byte, and pieces of JSON as tokenizers have them, some of them twice.</summary>
    public static TokenVocabulary Pieces { get; } = Of(
        "{\"", "\":", "\": ", "\",\"", "\"}", "\"}}", "\"]", "},{", "}, {", "[[", "]]", "[]", "{}", "{\n  \"", "\",\n  \"", "\n}", "true", "false", "null", "tr", "ue", "name", "age",
        "items", "a", "ab", "abc", "hello world", "\\n", "\\u00", "12", "123", "0.", "-1", "1e", " ", "  ", "\n", "\n\n", "é", "日本", "😀", "\"a\":", "\"a\":1", "1,", "1}", "0]", "2024-",
        "a\",\"b", "\",", "red", "gre", "en\"", "a", "null", "\"\"", "\":{\"", "\":[", "\":[{\"", "\\\\", "\\\"", "x\"", "yz");

    /// <summary>Every byte, and these texts.</summary>
    public static TokenVocabulary Of(params string[] texts)
    {
        byte[][] tokens = [.. Enumerable.Range(0, 256).Select(b => new[] { (byte)b }), .. texts.Select(Encoding.UTF8.GetBytes)];
        return new TokenVocabulary(tokens.Length, id => tokens[id]);
    }

    /// <summary>Whether a text is one of the grammar's, byte by byte; the masks must say the same as taking the bytes does.</summary>
    public static bool Accepts(this Grammar grammar, string text)
    {
        ITokenConstraint constraint = grammar.Start(Bytes);
        ulong[] allowed = new ulong[4];
        foreach (byte b in Encoding.UTF8.GetBytes(text))
        {
            constraint.FillAllowed(allowed);
            if ((allowed[b / 64] >> (b % 64) & 1) == 0)
            {
                Assert.Throws<ArgumentException>(() => constraint.Accept(b));
                return false;
            }
            constraint.Accept(b);
        }
        return constraint.MayEnd;
    }

    /// <summary>A random text of a grammar; null where it did not end within so many tokens.</summary>
    /// <param name="grammar">The grammar.</param>
    /// <param name="vocabulary">The tokens.</param>
    /// <param name="random">Numbers below a bound.</param>
    /// <param name="most">Most tokens.</param>
    public static string? Random(Grammar grammar, TokenVocabulary vocabulary, Func<int, int> random, int most)
    {
        ITokenConstraint constraint = grammar.Start(vocabulary);
        ulong[] allowed = new ulong[(vocabulary.Size + 63) / 64];
        List<int> ids = [];
        List<byte> bytes = [];
        while (!constraint.MustEnd && ids.Count < most)
        {
            if (constraint.MayEnd && random(3) == 0)
                break;
            constraint.FillAllowed(allowed);
            int[] candidates = [.. Enumerable.Range(0, vocabulary.Size).Where(id => (allowed[id / 64] >> (id % 64) & 1) == 1)];
            Assert.NotEmpty(candidates);                                   // no dead ends
            if (random(8) == 0)
                AssertMask(grammar, vocabulary, bytes, candidates, random);
            // Endings are chosen often, or texts would grow without end.
            int[] closing = [.. candidates.Where(id => vocabulary.Bytes(id)[0] is (byte)'"' or (byte)'}' or (byte)']')];
            int[] from = closing.Length > 0 && random(ids.Count > 40 ? 10 : 3) > 0 ? closing : candidates;
            int id = from[random(from.Length)];
            constraint.Accept(id);
            ids.Add(id);
            bytes.AddRange(vocabulary.Bytes(id));
        }
        return constraint.MayEnd ? Encoding.UTF8.GetString([.. bytes]) : null;
    }

    // A token may come exactly where its bytes may come one after the other.
    private static void AssertMask(Grammar grammar, TokenVocabulary vocabulary, List<byte> soFar, int[] candidates, Func<int, int> random)
    {
        int id = random(2) == 0 ? candidates[random(candidates.Length)] : random(vocabulary.Size);
        ITokenConstraint again = grammar.Start(vocabulary);                // whose first tokens are the bytes
        foreach (byte b in soFar)
            again.Accept(b);
        bool fits = vocabulary.Bytes(id).Length > 0;
        foreach (byte b in vocabulary.Bytes(id).ToArray())
        {
            try
            {
                again.Accept(b);
            }
            catch (ArgumentException)
            {
                fits = false;
                break;
            }
        }
        Assert.True(fits == candidates.Contains(id), $"'{Encoding.UTF8.GetString(vocabulary.Bytes(id))}' after '{Encoding.UTF8.GetString([.. soFar])}'");
    }
}
