using System.Text;

namespace Cerise.Data.Tokenizers.Decoders;

/// <summary>The bytes that each token adds to a text that has begun.</summary>
internal sealed class TokenBytesTable
{
    private readonly byte[] _bytes;
    private readonly int[] _starts;                                         // of each id's bytes, and their end

    /// <summary>Makes the table.</summary>
    /// <param name="tokens">The token of each id; null where there is none.</param>
    /// <param name="addsNothing">Whether an id stands for no text, as special tokens do.</param>
    /// <param name="plainText">Whether an id's token is text as it stands rather than in the model's spelling.</param>
    /// <param name="decoder">The decoder, or null where tokens are joined by spaces.</param>
    public TokenBytesTable(string?[] tokens, Func<int, bool> addsNothing, Func<int, bool> plainText, TokenDecoder? decoder)
    {
        _starts = new int[tokens.Length + 1];
        List<byte> bytes = [];
        for (int id = 0; id < tokens.Length; id++)
        {
            if (tokens[id] is { } token && !addsNothing(id))
            {
                if (plainText(id) || decoder is null)
                    bytes.AddRange(Encoding.UTF8.GetBytes(plainText(id) ? token : ' ' + token));
                else
                    decoder.AppendBytes(token, bytes);
            }
            _starts[id + 1] = bytes.Count;
        }
        _bytes = [.. bytes];
    }

    /// <summary>The bytes of an id; none for one that is not there.</summary>
    public ReadOnlySpan<byte> this[int id] => (uint)id < (uint)(_starts.Length - 1) ? _bytes.AsSpan(_starts[id], _starts[id + 1] - _starts[id]) : default;
}
