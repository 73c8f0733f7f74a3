using Cerise.Testing;

namespace Cerise.Data.Tests.Tokenizers.Files;

public class TokenizerConfigTests
{
    [Fact]
    public void The_real_files_name_their_tokens()
    {
        Tokenizer gpt2 = Tokenizer.Load(TestPaths.SharedData("tokenizers/gpt2")), qwen = Tokenizer.Load(TestPaths.SharedData("tokenizers/qwen2.5/tokenizer.json"));
        Tokenizer stories = Tokenizer.Load(TestPaths.SharedData("models/stories260K"));
        Assert.Equal((50256, 50256, null, true), (gpt2.BosId, gpt2.EosId, gpt2.PadId, gpt2.CleansUpSpaces));
        Assert.Equal((null, 151645, 151643, false), (qwen.BosId, qwen.EosId, qwen.PadId, qwen.CleansUpSpaces));
        Assert.Equal((1, 2, null, false), (stories.BosId, stories.EosId, stories.PadId, stories.CleansUpSpaces));
        Assert.Equal([50257, 151665, 512], new[] { gpt2.VocabSize, qwen.VocabSize, stories.VocabSize });
    }

    [Fact]
    public void Special_tokens_are_told_from_other_added_tokens()
    {
        Tokenizer qwen = Tokenizer.Load(TestPaths.SharedData("tokenizers/qwen2.5"));
        Assert.True(qwen.IsSpecial(qwen.TokenToId("<|im_end|>")!.Value));
        Assert.False(qwen.IsSpecial(qwen.TokenToId("<tool_call>")!.Value));
        Assert.False(qwen.IsSpecial(0) || qwen.IsSpecial(-1));
        Assert.Equal("<tool_call>", qwen.IdToToken(151657));
        Assert.Null(qwen.TokenToId("no such token"));
    }

    [Fact]
    public void A_token_may_be_written_as_an_object_and_an_unknown_one_has_no_id()
    {
        Tokenizer tokenizer = TinyTokenizer.Load(TinyTokenizer.Json().ToJsonString(),
            """{"bos_token":{"content":"<|im_start|>","lstrip":false},"eos_token":"<|endoftext|>","pad_token":"<pad>"}""");
        Assert.Equal((1, 0, null), (tokenizer.BosId, tokenizer.EosId, tokenizer.PadId));
    }

    [Fact]
    public void Added_tokens_that_only_the_configuration_lists_are_found()
    {
        Tokenizer tokenizer = TinyTokenizer.Load(TinyTokenizer.Json().ToJsonString(),
            """{"pad_token":"<pad>","added_tokens_decoder":{"0":{"content":"<|endoftext|>","special":true},"400":{"content":"<pad>","special":true,"normalized":false}}}""");
        Assert.Equal(400, tokenizer.PadId);
        Assert.Equal(401, tokenizer.VocabSize);
        Assert.Equal([400, 0], tokenizer.Encode("<pad><|endoftext|>"));
        Assert.Null(tokenizer.IdToToken(399));
        Assert.Equal("<pad>", tokenizer.Decode([399, 400]));
    }

    [Fact]
    public void Without_a_configuration_no_token_is_named()
    {
        Tokenizer tokenizer = TinyTokenizer.Load(TinyTokenizer.Json().ToJsonString());
        Assert.Equal((null, null, null), (tokenizer.BosId, tokenizer.EosId, tokenizer.PadId));
    }
}
