using System.Text;

namespace Cerise.Data.Inference;

/// <summary>Texts that end a completion, looked for in its bytes as they come. Immutable and safe for use from many threads at once.</summary>
/// <remarks>Knuth, Morris and Pratt (1977) for each text: time linear in the bytes, whatever the texts, and no allocation while searching.</remarks>
public sealed class StopMatcher
{
    private readonly byte[][] _texts;
    private readonly int[][] _borders;                                     // [i]: longest proper beginning of the first i bytes that also ends them

    /// <param name="texts">At least one, none empty.</param>
    /// <exception cref="ArgumentException">No text, or an empty one.</exception>
    public StopMatcher(IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        if (texts.Count == 0 || texts.Any(string.IsNullOrEmpty))
        {
            throw new ArgumentException(
                "stop strings: give at least one, and none that is empty, as that would end every completion at its first token", nameof(texts));
        }
        Texts = [.. texts];
        _texts = [.. texts.Select(Encoding.UTF8.GetBytes)];
        _borders = [.. _texts.Select(Borders)];
    }

    /// <summary>The texts.</summary>
    public IReadOnlyList<string> Texts { get; }

    /// <summary>Begins a search in a new text.</summary>
    public Search Begin() => new(this);

    private static int[] Borders(byte[] text)
    {
        int[] borders = new int[text.Length + 1];
        for (int i = 1, border = 0; i < text.Length; i++)
        {
            while (border > 0 && text[i] != text[border])
                border = borders[border];
            border += text[i] == text[border] ? 1 : 0;
            borders[i + 1] = border;
        }
        return borders;
    }

    /// <summary>The search in one growing text.</summary>
    public sealed class Search
    {
        private readonly StopMatcher _matcher;
        private readonly int[] _matched;                                   // bytes of each text that end what was read

        internal Search(StopMatcher matcher)
        {
            _matcher = matcher;
            _matched = new int[matcher._texts.Length];
        }

        /// <summary>Reads on.</summary>
        /// <returns>Whether one of the texts ends within these bytes.</returns>
        public bool Append(ReadOnlySpan<byte> bytes)
        {
            bool found = false;
            for (int t = 0; t < _matched.Length; t++)
            {
                (byte[] text, int[] borders, int matched) = (_matcher._texts[t], _matcher._borders[t], _matched[t]);
                foreach (byte next in bytes)
                {
                    while (matched > 0 && (matched == text.Length || next != text[matched]))
                        matched = borders[matched];
                    matched += next == text[matched] ? 1 : 0;
                    found |= matched == text.Length;
                }
                _matched[t] = matched;
            }
            return found;
        }
    }
}
