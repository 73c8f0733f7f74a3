using System.Runtime.InteropServices;
using System.Text;
using Cerise.Data.Tokenizers.Bpe;

namespace Cerise.Data.Tokenizers.Decoders;

/// <summary>The bytes that the tokens' characters stand for, read as UTF-8; what is not UTF-8 becomes U+FFFD.</summary>
internal sealed class ByteLevelDecoder : TokenDecoder
{
    public override List<string> Decode(List<string> tokens)
    {
        var bytes = new List<byte>(tokens.Count * 4);
        foreach (string token in tokens)
            ByteLevelAlphabet.AppendBytes(token, bytes);
        return [Encoding.UTF8.GetString(CollectionsMarshal.AsSpan(bytes))];
    }

    public override void AppendBytes(string token, List<byte> bytes) => ByteLevelAlphabet.AppendBytes(token, bytes);
}
