using System.Runtime.InteropServices;
using System.Text;
using Cerise.Data.Tokenizers.Bpe;

namespace Cerise.Data.Tokenizers.Decoders;

/// <summary>Streams the text of byte-level tokens; holds back the bytes of an unfinished character.</summary>
/// <param name="tokenOf">The token of an id, or null where it counts for nothing.</param>
internal sealed class ByteLevelTextStream(Func<int, string?> tokenOf) : TextStream
{
    private readonly Func<int, string?> _tokenOf = tokenOf;
    private readonly Decoder _utf8 = Encoding.UTF8.GetDecoder();
    private readonly List<byte> _bytes = [];

    public override string Append(int id)
    {
        if (_tokenOf(id) is not { } token)
            return "";
        ByteLevelAlphabet.AppendBytes(token, _bytes);
        return Convert(flush: false);
    }

    public override string Flush() => Convert(flush: true);

    private string Convert(bool flush)
    {
        Span<byte> bytes = CollectionsMarshal.AsSpan(_bytes);
        char[] chars = new char[_utf8.GetCharCount(bytes, flush)];
        _utf8.GetChars(bytes, chars, flush);
        _bytes.Clear();
        return new string(chars);
    }
}
