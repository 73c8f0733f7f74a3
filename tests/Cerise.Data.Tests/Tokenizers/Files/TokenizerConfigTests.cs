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

    [Fact]
    public void Older_files_name_special_tokens_too_and_the_newer_one_comes_first_where_it_describes_the_added_ones()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        TinyTokenizer.Trained.Save(folder.Path);
        File.WriteAllText(folder.File("tokenizer_config.json"), """{"eos_token":"<|endoftext|>"}""");
        File.WriteAllText(folder.File("special_tokens_map.json"),
            """{"eos_token":"the","bos_token":{"content":"<|im_start|>"},"pad_token":"<pad>","additional_special_tokens":["<x>",{"content":"<y>"}]}""");
        File.WriteAllText(folder.File("added_tokens.json"), """{"<y>":402,"<pad>":400,"<x>":401,"<plain>":403}""");
        Tokenizer tokenizer = Tokenizer.Load(folder.Path);
        Assert.Equal((1, tokenizer.TokenToId("the"), 400), (tokenizer.BosId, tokenizer.EosId, tokenizer.PadId));
        Assert.Equal([401, 402, 400, 403], tokenizer.Encode("<x><y><pad><plain>"));
        Assert.Equal("<plain>", tokenizer.Decode([401, 402, 400, 403], skipSpecialTokens: true));
        File.WriteAllText(folder.File("tokenizer_config.json"), """{"eos_token":"<|endoftext|>","added_tokens_decoder":{}}""");
        Assert.Equal(0, Tokenizer.Load(folder.Path).EosId);
    }

    [Fact]
    public void Another_end_token_counts_in_every_file_that_names_one()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        TinyTokenizer.Trained.Save(folder.Path);
        File.WriteAllText(folder.File("tokenizer_config.json"), "\uFEFF{\"eos_token\":\"the\"}");
        File.WriteAllText(folder.File("special_tokens_map.json"), """{"eos_token":{"content":"the"},"bos_token":"<|endoftext|>"}""");
        Tokenizer tokenizer = Tokenizer.Load(folder.Path).WithEosToken("<|im_start|>");
        Assert.Equal((0, 1), (tokenizer.BosId, tokenizer.EosId));
        tokenizer.Save(folder.Path);
        Assert.Equal((0, 1), (Tokenizer.Load(folder.Path).BosId, Tokenizer.Load(folder.Path).EosId));
        File.WriteAllText(folder.File("chat_template.jinja"), "{{ eos_token }}");
        Assert.Equal("<|im_start|>", ChatTemplate.Load(folder.Path).Render([]));
    }

    [Theory]
    [InlineData("""{"additional_special_tokens":["at"]}""")]
    [InlineData("""{"extra_special_tokens":{"image_token":"at"}}""")]
    [InlineData("""{"extra_special_tokens":["at"]}""")]
    [InlineData("""{"model_specific_special_tokens":{"image_token":"at"}}""")]
    [InlineData("""{"pad_token":"at"}""")]
    [InlineData("""{"added_tokens_decoder":{"7":{"content":"<|im_start|>","special":true}},"mask_token":{"content":"at"}}""")]
    public void A_token_of_the_vocabulary_with_a_role_is_special(string config)
    {
        Tokenizer tokenizer = TinyTokenizer.Load(TinyTokenizer.Json().ToJsonString(), config);
        int id = tokenizer.TokenToId("at")!.Value;
        Assert.True(tokenizer.IsSpecial(id));
        Assert.Contains(id, tokenizer.Encode("c at"));
        Assert.Equal("c ", tokenizer.Decode(tokenizer.Encode("c at"), skipSpecialTokens: true));
        Assert.Equal(1, tokenizer.TokenToId("<|im_start|>"));
    }

    [Fact]
    public void Flags_of_added_tokens_are_those_of_the_configuration()
    {
        Tokenizer tokenizer = TinyTokenizer.Load(TinyTokenizer.Json().ToJsonString(),
            """{"added_tokens_decoder":{"0":{"content":"<|endoftext|>","special":false,"lstrip":true}}}""");
        Assert.Equal([0], tokenizer.Encode("   <|endoftext|>"));
        Assert.True(tokenizer.IsSpecial(0));                                            // once special, always special: as in the library that reads both
    }

    [Theory]
    // The vocabulary's id counts, whichever the list names; another's id gives way to the next one.
    [InlineData("""[{"id":5,"content":"b"}]""", "b", 1, "the added token 'b' is listed with the id 5 and has the id 1, because the vocabulary gives it that")]
    [InlineData("""[{"id":0,"content":"x"}]""", "x", 3, "the added token 'x' is listed with the id 0 and has the id 3, because another token has the listed one")]
    [InlineData("""[{"id":7,"content":"x"},{"id":7,"content":"y"}]""", "y", 8, "the added token 'y' is listed with the id 7 and has the id 8, because another token has the listed one")]
    [InlineData("""[{"id":3,"content":"x"},{"id":4,"content":"x"}]""", "x", 3, null)]
    [InlineData("""[{"id":1,"content":"b"}]""", "b", 1, null)]
    public void The_vocabulary_decides_on_an_added_token_s_id(string added, string content, int id, string? warning)
    {
        Tokenizer tokenizer = TinyTokenizer.Load($$"""{"added_tokens":{{added}},"model":{"vocab":{"a":0,"b":1,"c":2},"merges":[]} }""");
        Assert.Equal(warning is null ? [] : [warning], tokenizer.Warnings);
        Assert.Equal([0, id, 2], tokenizer.Encode($"a{content}c"));
        Assert.Equal((id, content), (tokenizer.TokenToId(content), tokenizer.IdToToken(id)));
        Assert.Equal(["a", "b", "c"], Enumerable.Range(0, 3).Select(tokenizer.IdToToken));
    }

    [Fact]
    public void A_piece_that_a_unigram_vocabulary_has_twice_is_its_later_id_and_both_decode()
    {
        Tokenizer tokenizer = TinyTokenizer.Load("""
            {"added_tokens":[{"id":1,"content":"<s>","special":true}],
             "model":{"type":"Unigram","unk_id":0,"vocab":[["<unk>",0],["<s>",0],["a",-1],["b",-1],["ab",-1.5],["a",-9],["<s>",0]]}}
            """);
        Assert.Equal([4, 3, 5], tokenizer.Encode("abba"));                            // the later score counts too: a and b apart would be -10
        Assert.Equal([6], tokenizer.Encode("<s>"));
        Assert.Equal(["<unk>", "<s>", "a", "b", "ab", "a", "<s>"], Enumerable.Range(0, tokenizer.VocabSize).Select(tokenizer.IdToToken));
        Assert.Equal("<s> a a <s>", tokenizer.Decode([1, 2, 5, 6]));
        Assert.Equal("a a", tokenizer.Decode([1, 2, 5, 6], skipSpecialTokens: true));
        Assert.Single(tokenizer.Warnings);
    }

    [Theory]
    [InlineData("""{"add_bos_token":true,"bos_token":"<|im_start|>"}""", new[] { 1 }, new int[0])]
    [InlineData("""{"add_bos_token":true,"add_eos_token":true,"bos_token":"<|im_start|>","eos_token":"<|endoftext|>"}""", new[] { 1 }, new[] { 0 })]
    [InlineData("""{"add_bos_token":false,"add_eos_token":false,"bos_token":"<|im_start|>"}""", new int[0], new int[0])]
    [InlineData("""{"add_bos_token":true,"bos_token":null}""", new int[0], new int[0])]
    [InlineData("""{"add_eos_token":true,"bos_token":"<|im_start|>","eos_token":"<|endoftext|>"}""", new int[0], new[] { 0 })]
    [InlineData("""{"add_eos_token":true,"bos_token":"<|im_start|>","eos_token":"<|endoftext|>","tokenizer_class":"LlamaTokenizer"}""", new[] { 1 }, new[] { 0 })]
    public void Without_a_template_the_configuration_says_what_stands_around_the_text(string config, int[] before, int[] after)
    {
        Tokenizer tokenizer = TinyTokenizer.Load(TinyTokenizer.Json().ToJsonString(), config);
        Assert.Equal([.. before, .. tokenizer.Encode("the", addSpecialTokens: false), .. after], tokenizer.Encode("the"));
    }

    [Theory]
    [InlineData("LlamaTokenizerFast", new int[0])]
    [InlineData("GemmaTokenizer", new int[0])]
    [InlineData("PreTrainedTokenizerFast", new[] { 1 })]
    public void Classes_that_make_their_own_template_replace_the_one_of_the_file(string name, int[] before)
    {
        var json = TinyTokenizer.Json();
        json["post_processor"] = System.Text.Json.Nodes.JsonNode.Parse(
            """{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"s"}},{"Sequence":{"id":"A"}}],"special_tokens":{"s":{"ids":[1]}}}""");
        Tokenizer tokenizer = TinyTokenizer.Load(json.ToJsonString(), $$"""{"add_bos_token":false,"bos_token":"<|im_start|>","tokenizer_class":"{{name}}"}""");
        Assert.Equal([.. before, .. tokenizer.Encode("the", addSpecialTokens: false)], tokenizer.Encode("the"));
    }
}
