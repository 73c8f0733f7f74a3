using System.Text;
using Cerise.Data;

namespace Cerise.Studio.Tests;

/// <summary>A token a byte, and three special ones.</summary>
internal sealed class ByteTokenizer : ITokenizer
{
    public const int Bos = 256, End = 257, Pad = 258;

    private static readonly string[] Special = ["<s>", "<|im_end|>", "<pad>"];

    public int VocabSize => 259;

    public int? BosId => Bos;

    public int? EosId => End;

    public int? PadId => Pad;

    public IReadOnlyList<int> BeginningIds => [Bos];

    public int[] Encode(string text, bool addSpecialTokens = true) =>
        [.. addSpecialTokens ? [Bos] : Array.Empty<int>(), .. Encoding.UTF8.GetBytes(text).Select(value => (int)value)];

    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = false)
    {
        List<byte> bytes = [];
        foreach (int id in ids)
            bytes.AddRange(id < 256 ? [(byte)id] : skipSpecialTokens ? [] : Encoding.UTF8.GetBytes(Special[id - 256]));
        return Encoding.UTF8.GetString([.. bytes]);
    }

    public TextStream OpenTextStream(bool skipSpecialTokens = false) => throw new NotSupportedException();

    public int? TokenToId(string token) => Array.IndexOf(Special, token) is var index and >= 0 ? 256 + index : null;

    public string? IdToToken(int id) => id < 256 ? ((char)id).ToString() : Special[id - 256];

    public bool IsSpecial(int id) => id >= 256;

    public (int Id, int Start, int End)[] EncodeWithOffsets(string text, bool addSpecialTokens = true) => throw new NotSupportedException();

    public ReadOnlySpan<byte> TokenBytes(int id) => id < 256 ? new byte[] { (byte)id } : [];
}
