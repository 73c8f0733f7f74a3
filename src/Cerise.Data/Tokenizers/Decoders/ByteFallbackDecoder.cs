using System.Text;
using Cerise.Data.Tokenizers.Models;

namespace Cerise.Data.Tokenizers.Decoders;

/// <summary>Runs of byte tokens, <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c>, become the text they are in UTF-8, or U+FFFD for each where they are none.</summary>
internal sealed class ByteFallbackDecoder : TokenDecoder
{
    public override List<string> Decode(List<string> tokens)
    {
        var result = new List<string>(tokens.Count);
        var run = new List<byte>();
        foreach (string token in tokens)
        {
            if (ByteTokens.TryRead(token, out byte value))
            {
                run.Add(value);
                continue;
            }
            Flush(run, result);
            result.Add(token);
        }
        Flush(run, result);
        return result;
    }

    public override void AppendBytes(string token, List<byte> bytes)
    {
        if (ByteTokens.TryRead(token, out byte value))
            bytes.Add(value);
        else
            bytes.AddRange(Encoding.UTF8.GetBytes(token));
    }

    private static void Flush(List<byte> run, List<string> result)
    {
        if (run.Count == 0)
            return;
        byte[] bytes = [.. run];
        run.Clear();
        if (System.Text.Unicode.Utf8.IsValid(bytes))
            result.Add(Encoding.UTF8.GetString(bytes));
        else
            result.AddRange(Enumerable.Repeat("\uFFFD", bytes.Length));
    }
}
