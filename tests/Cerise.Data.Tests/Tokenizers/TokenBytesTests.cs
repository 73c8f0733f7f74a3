using System.Text;
using Cerise.Testing;

namespace Cerise.Data.Tests.Tokenizers;

/// <summary>The bytes that each token adds to a text.</summary>
public class TokenBytesTests
{
    [Theory]
    [InlineData("tokenizers/gpt2")]
    [InlineData("tokenizers/qwen2.5")]
    [InlineData("models/stories260K")]
    public void The_bytes_of_consecutive_tokens_are_those_of_the_text(string folder)
    {
        var random = new Random(71);
        Tokenizer tokenizer = Tokenizer.Load(TestPaths.SharedData(folder));
        for (int i = 0; i < 500; i++)
        {
            int[] ids = tokenizer.Encode(RandomText.Next(random, 30), addSpecialTokens: false);
            List<byte> bytes = [];
            foreach (int id in ids)
                bytes.AddRange(tokenizer.TokenBytes(id));
            string text = Encoding.UTF8.GetString([.. bytes]), decoded = tokenizer.Decode(ids, skipSpecialTokens: true);
            Assert.Equal(decoded, folder.StartsWith("models", StringComparison.Ordinal) && text.StartsWith(' ') ? text[1..] : text);
        }
    }

    [Fact]
    public void Part_of_a_character_has_bytes_and_a_special_token_has_none()
    {
        Tokenizer stories = Tokenizer.Load(TestPaths.SharedData("models/stories260K")), qwen = Tokenizer.Load(TestPaths.SharedData("tokenizers/qwen2.5"));
        Assert.Equal([0xE4], stories.TokenBytes(stories.TokenToId("<0xE4>")!.Value).ToArray());
        Assert.Equal([0xF0, 0x9F, 0x98], qwen.TokenBytes(qwen.TokenToId("\u00F0\u0141\u013A")!.Value).ToArray());
        Assert.Empty(qwen.TokenBytes(qwen.EosId!.Value).ToArray());
        Assert.Empty(qwen.TokenBytes(-1).ToArray());
        Assert.Empty(qwen.TokenBytes(int.MaxValue).ToArray());
        Assert.Equal("<tool_call>"u8.ToArray(), qwen.TokenBytes(qwen.TokenToId("<tool_call>")!.Value).ToArray());
    }
}
