using System.Text;
using System.Text.Json.Nodes;

namespace Cerise.Data.Tests.Tokenizers.Decoders;

/// <summary>Every decoder gives the same text at once and token by token, whatever the ids.</summary>
public class DecoderStreamTests
{
    private static readonly string[] Tokens = ["<unk>", "\u2581a", "\u2581", "b", "##b", "c</w>", "d", ".", "n't", "\u2581\u2581", "'", "s", " x", "|", "<pad>", "\u00E9", "e\u2581", "  "];

    public static TheoryData<string> Decoders() => new(
        "null",
        """{"type":"Metaspace","replacement":"\u2581","prepend_scheme":"always"}""",
        """{"type":"Metaspace","replacement":"\u2581","prepend_scheme":"never"}""",
        """{"type":"WordPiece","prefix":"##","cleanup":true}""",
        """{"type":"WordPiece","prefix":"##","cleanup":false}""",
        """{"type":"BPEDecoder","suffix":"</w>"}""",
        """{"type":"CTC","pad_token":"<pad>","word_delimiter_token":"|","cleanup":true}""",
        """{"type":"CTC","pad_token":"<pad>","word_delimiter_token":"|","cleanup":false}""",
        """{"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"\u2581"},"content":" "},{"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]}""",
        """{"type":"Sequence","decoders":[{"type":"ByteFallback"},{"type":"Metaspace","replacement":"\u2581","prepend_scheme":"first"}]}""",
        """{"type":"Replace","pattern":{"Regex":"[b-d]"},"content":""}""",
        """{"type":"Strip","content":"a","start":1,"stop":1}""",
        """{"type":"ByteLevel"}""");

    [Theory]
    [MemberData(nameof(Decoders))]
    public void Streamed_text_is_the_decoded_text(string decoder)
    {
        Tokenizer tokenizer = Load(decoder);
        var random = new Random(101);
        for (int i = 0; i < 3000; i++)
        {
            int[] ids = [.. Enumerable.Range(0, random.Next(14)).Select(_ => random.Next(4) == 0 ? random.Next(3) : random.Next(tokenizer.VocabSize + 2))];
            foreach (bool skipSpecial in new[] { false, true })
            {
                TextStream stream = tokenizer.OpenTextStream(skipSpecial);
                Assert.Equal(tokenizer.Decode(ids, skipSpecial), string.Concat(ids.Select(stream.Append)) + stream.Flush());
            }
        }
    }

    [Theory]
    [MemberData(nameof(Decoders))]
    public void Many_ids_without_text_do_not_pile_up(string decoder)
    {
        Tokenizer tokenizer = Load(decoder);
        foreach (int id in new[] { 0, 14, 2, 17, 99 })
        {
            TextStream stream = tokenizer.OpenTextStream(skipSpecialTokens: true);
            for (int i = 0; i < 30_000; i++)
                stream.Append(id);
            stream.Append(6);
            stream.Flush();
        }
    }

    [Theory]
    [MemberData(nameof(Decoders))]
    public void A_token_in_the_middle_adds_its_bytes(string decoder)
    {
        Tokenizer tokenizer = Load(decoder);
        int[] plain = decoder.Contains("CTC", StringComparison.Ordinal) || decoder.Contains("cleanup\":true", StringComparison.Ordinal) ? [3, 11] : [1, 2, 3, 4, 6, 11, 15, 16];
        foreach (int first in plain)
            foreach (int second in plain.Where(id => id != first))
            {
                string text = tokenizer.Decode([6, first, second, 6]);
                string expected = tokenizer.Decode([6]) + Encoding.UTF8.GetString([.. tokenizer.TokenBytes(first), .. tokenizer.TokenBytes(second), .. tokenizer.TokenBytes(6)]);
                Assert.Equal(expected, text);
            }
    }

    private static Tokenizer Load(string decoder)
    {
        var vocab = new JsonObject();
        foreach (string token in Tokens)
            vocab.Add(token, vocab.Count);
        return TinyTokenizer.Load(new JsonObject
        {
            ["added_tokens"] = new JsonArray(new JsonObject { ["id"] = 0, ["content"] = "<unk>", ["special"] = true }),
            ["decoder"] = JsonNode.Parse(decoder),
            ["model"] = new JsonObject { ["type"] = "WordLevel", ["unk_token"] = "<unk>", ["vocab"] = vocab },
        }.ToJsonString());
    }
}
