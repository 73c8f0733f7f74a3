using System.Text.Json;
using Cerise.Data;
using Cerise.Data.Grammars;
using Cerise.Data.Inference;
using Cerise.Models;
using Cerise.Models.Configs;
using Cerise.Models.Generation;
using Cerise.Tensors;
using Cerise.Testing;
using Cerise.Training.Inference;
using Cerise.Training.Stages;
using Cerise.Training.Tests.Trainers;

namespace Cerise.Training.Tests.Inference;

public sealed class LocalEngineTests : IAsyncDisposable
{
    private static readonly int End = Toy.Tokenizer.EosId!.Value;

    private readonly Device _device = Device.Cpu(1);
    private readonly LocalEngine _engine;

    public LocalEngineTests() => _engine = new LocalEngine(Toy.NewModel(_device), Toy.Tokenizer, options: new() { ModelName = "toy", Seed = 3 });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        _device.Dispose();
    }

    [Fact]
    public async Task Tokens_are_those_of_the_generator_and_their_pieces_the_decoded_text()
    {
        EngineRequest request = new() { Prompt = "one two", Samples = 3, Sampling = new() { Seed = 5, MaxNewTokens = 40 } };
        List<EngineToken> tokens = await Read(request);
        using CausalModel model = Toy.NewModel(_device);
        using Generator generator = new(model);
        IReadOnlyList<Completion> expected = generator.Generate(
            [new GenerationRequest(Toy.Tokenizer.Encode("one two", addSpecialTokens: false), 3, Seed.From(5))],
            new() { MaxNewTokens = 40, StopIds = [End] },
            cancellation: Cancellation)[0];
        for (int sample = 0; sample < 3; sample++)
        {
            EngineToken[] own = [.. tokens.Where(token => token.Sample == sample)];
            Assert.Equal(expected[sample].Ids, own.Select(token => token.Id));
            Assert.Equal(expected[sample].LogProbs, own.Select(token => token.LogProb));
            Assert.Equal(Enumerable.Range(0, own.Length), own.Select(token => token.Index));
            Assert.Equal(Toy.Tokenizer.Decode([.. expected[sample].Ids], skipSpecialTokens: true), Text(own));
            Assert.All(own.SkipLast(1), token => Assert.Null(token.FinishReason));
            Assert.Equal(expected[sample].FinishReason == FinishReason.Stop ? EngineFinish.Stop : EngineFinish.Length, own[^1].FinishReason);
            Assert.All(own, token => Assert.Equal(token.Id == End ? [] : [(byte)Toy.Tokenizer.TokenBytes(token.Id)[0]], token.Bytes.ToArray()));
            Assert.All(own, token => Assert.Null(token.ModelLogProb));
        }
    }

    [Fact]
    public async Task A_stop_string_ends_the_text_before_it()
    {
        SamplingSettings free = new() { Seed = 1, MaxNewTokens = 100, IgnoreEos = true };
        string whole = Text(await Read(new() { Prompt = "a", Sampling = free }));
        string stop = whole.Where(char.IsAsciiLetterOrDigit).Select(letter => letter.ToString()).ElementAt(3);
        List<EngineToken> stopped = await Read(new() { Prompt = "a", Sampling = free with { StopStrings = ["never to be found", stop] } });
        Assert.Equal(whole[..whole.IndexOf(stop, StringComparison.Ordinal)], Text(stopped));
        Assert.Equal((EngineFinish.Stop, stop, false), (stopped[^1].FinishReason, stopped[^1].StopString, stopped[^1].IsEnd));
    }

    [Fact]
    public async Task An_end_token_is_no_part_of_the_text_and_can_be_ignored()
    {
        SamplingSettings sampling = new() { MaxNewTokens = 8, LogitBias = new Dictionary<int, float> { [End] = 100 } };
        EngineToken token = Assert.Single(await Read(new() { Prompt = "a", Sampling = sampling, SkipSpecialTokens = false }));
        Assert.Equal((EngineFinish.Stop, true, "", End), (token.FinishReason, token.IsEnd, token.Text, token.Id));
        List<EngineToken> ignored = await Read(new() { Prompt = "a", Sampling = sampling with { IgnoreEos = true }, SkipSpecialTokens = false });
        Assert.Equal(string.Concat(Enumerable.Repeat(Toy.Tokenizer.IdToToken(End), 8)), Text(ignored));
        Assert.Equal(EngineFinish.Length, ignored[^1].FinishReason);
        Assert.Equal("", Text(await Read(new() { Prompt = "a", Sampling = sampling with { IgnoreEos = true } })));
        string written = Toy.Tokenizer.IdToToken(End)!;
        token = Assert.Single(await Read(new() { Prompt = "a", Sampling = sampling with { IgnoreEos = true, StopStrings = [written] } }));
        Assert.Equal((EngineFinish.Stop, written, ""), (token.FinishReason, token.StopString, token.Text));
        int letter = Toy.Tokenizer.Encode("x", addSpecialTokens: false)[0];
        sampling = new() { MaxNewTokens = 8, LogitBias = new Dictionary<int, float> { [letter] = 100 }, StopIds = [letter] };
        Assert.Equal("", Text(await Read(new() { Prompt = "a", Sampling = sampling })));
    }

    [Fact]
    public async Task The_likeliest_tokens_are_told_as_many_as_were_asked_for()
    {
        List<EngineToken> tokens = await Read(new() { Prompt = "a", Sampling = new() { Temperature = 0.5f, MaxNewTokens = 5, TopLogProbs = 4 } });
        foreach (EngineToken token in tokens)
        {
            Assert.Equal(4, token.TopLogProbs.Count);
            Assert.NotEqual(token.LogProb, token.ModelLogProb);
            Assert.Equal(token.TopLogProbs.OrderByDescending(told => told.LogProb), token.TopLogProbs);
            Assert.All(token.TopLogProbs, told => Assert.True(told.Id == End || told.Bytes.Length == 1));
        }
        tokens = await Read(new() { Prompt = "a", Sampling = new() { MaxNewTokens = 5, TopLogProbs = 0 } });
        Assert.All(tokens, token => Assert.Equal((token.LogProb, 0), (token.ModelLogProb, token.TopLogProbs.Count)));
    }

    [Fact]
    public async Task Requests_without_a_seed_draw_differently_and_alike_in_every_engine()
    {
        EngineRequest request = new() { Prompt = "a", Sampling = new() { MaxNewTokens = 12 } };
        int[] first = [.. (await Read(request)).Select(token => token.Id)], second = [.. (await Read(request)).Select(token => token.Id)];
        Assert.NotEqual(first, second);
        await using LocalEngine again = new(Toy.NewModel(_device), Toy.Tokenizer, options: new() { Seed = 3 });
        Assert.Equal(first, (await Read(request, again)).Select(token => token.Id));
    }

    [Fact]
    public async Task Completions_are_held_to_a_grammar_and_end_with_it()
    {
        Grammar grammar = JsonSchemaGrammar.Parse("""
            {"type":"object","properties":{"kind":{"enum":["red","green"]},"count":{"type":"integer","minimum":1,"maximum":20},"name":{"type":"string","maxLength":8}},
            "required":["kind","count","name"],"additionalProperties":false}
            """);
        SamplingSettings sampling = new() { Temperature = 1.5f, Seed = 4 };
        List<EngineToken> tokens = await Read(new() { Prompt = "a", Samples = 8, Grammar = grammar, Sampling = sampling });
        foreach (IGrouping<int, EngineToken> sample in tokens.GroupBy(token => token.Sample))
        {
            using JsonDocument answer = JsonDocument.Parse(Text(sample));
            Assert.Contains(answer.RootElement.GetProperty("kind").GetString(), (string[])["red", "green"]);
            Assert.InRange(answer.RootElement.GetProperty("count").GetInt32(), 1, 20);
            Assert.InRange(answer.RootElement.GetProperty("name").GetString()!.EnumerateRunes().Count(), 0, 8);
            Assert.Equal(EngineFinish.Stop, sample.Last().FinishReason);
        }
        // A number may always go on, so an end token says that it is over; at the limit it is cut.
        tokens = await Read(new() { Prompt = "a", Samples = 30, Grammar = JsonSchemaGrammar.Parse("""{"type":"integer"}"""), Sampling = sampling with { MaxNewTokens = 4 } });
        Assert.Contains(tokens, token => token.IsEnd);
        Assert.Contains(tokens, token => token.FinishReason == EngineFinish.Length);
        Assert.All(tokens, token => Assert.True(token.IsEnd || token.Text is "-" || char.IsAsciiDigit(token.Text[0])));
        tokens = await Read(new() { Prompt = "a", Grammar = JsonGrammar.AnyObject, Sampling = sampling with { StopStrings = ["{"] } });
        Assert.Equal(("", "{"), (Text(tokens), tokens[^1].StopString));
        EngineException error = await Assert.ThrowsAsync<EngineException>(async () => await Read(
            new() { Prompt = "a", Grammar = JsonSchemaGrammar.Parse(Ambiguous), Sampling = sampling with { LogitBias = new Dictionary<int, float> { [Toy.Tokenizer.Encode("[", false)[0]] = 100 } } }));
        Assert.Equal(EngineFault.Failed, error.Fault);
        Assert.IsType<GrammarException>(error.InnerException!.InnerException);
    }

    // The ways to read brackets double with each.
    private static string Ambiguous
    {
        get
        {
            string Array(int depth, int most) => $"{{\"type\":\"array\",\"items\":{{\"$ref\":\"#/$defs/{depth - 1}\"}},\"maxItems\":{most}}}";
            IEnumerable<string> levels = Enumerable.Range(1, 14).Select(depth => $"\"{depth}\":{{\"anyOf\":[{Array(depth, 2 * depth)},{Array(depth, (2 * depth) + 1)}]}}");
            return """{"$ref":"#/$defs/14","$defs":{"0":{"type":"null"},""" + string.Join(',', levels) + "}}";
        }
    }

    public static TheoryData<EngineRequest, string?, string> Faulty
    {
        get
        {
            EngineRequest With(SamplingSettings sampling) => new() { Prompt = "a", Sampling = sampling };
            return new()
            {
                { new EngineRequest(), "prompt", "prompt is given twice or not at all; give either a text or ids" },
                { With(new() { Temperature = -1 }), "temperature", "temperature is -1; use 0 (greedy) or a number from 0.0001 on" },
                { With(new() { TopP = 0 }), "top_p", "top_p is 0; use a number in (0, 1]" },
                { With(new() { TopK = -1 }), "top_k", "top_k is -1; use 0 (all) or more" },
                { With(new() { MinP = 2 }), "min_p", "min_p is 2; use a number in [0, 1]" },
                { With(new() { MaxNewTokens = 0 }), "max_tokens", "max_tokens is 0; use 1 or more" },
                { With(new() { PresencePenalty = 3 }), "presence_penalty", "presence_penalty is 3; use a number in [-2, 2]" },
                { With(new() { FrequencyPenalty = -3 }), "frequency_penalty", "frequency_penalty is -3; use a number in [-2, 2]" },
                { With(new() { RepetitionPenalty = 0 }), "repetition_penalty", "repetition_penalty is 0; use a number above 0, 1 for none" },
                { With(new() { TopLogProbs = 21 }), "top_logprobs", "top_logprobs is 21; use 0 to 20" },
                { With(new() { LogitBias = new Dictionary<int, float> { [257] = 1 } }), "logit_bias", "logit_bias is for token 257; ids go from 0 to 256" },
                { With(new() { LogitBias = new Dictionary<int, float> { [1] = 101 } }), "logit_bias", "logit_bias is 101 for token 1; use numbers in [-100, 100]" },
                { With(new() { StopStrings = [""] }), "stop", "stop is an empty text, which would end every completion at its first token; give a text" },
                { With(new() { StopStrings = [new string('a', 1025)] }), "stop", "stop is longer than 1024 characters; give a shorter text" },
                { With(new()) with { Samples = 0 }, null, "0 samples of a prompt were asked for; use 1 to 128" },
                { With(new()) with { Prompt = "" }, null, "the prompt has no tokens; begin it with the BOS token or some text" },
                { With(new()) with { Prompt = new string('a', 128) }, "prompt", "the prompt has 128 tokens, the context is 128 with its completion; shorten the prompt" },
            };
        }
    }

    [Theory]
    [MemberData(nameof(Faulty))]
    public async Task A_setting_out_of_range_is_refused_by_name(EngineRequest request, string? setting, string message)
    {
        EngineException error = await Assert.ThrowsAsync<EngineException>(async () => await Read(request));
        Assert.Equal((message, setting), (error.Message, error.Setting));
        Assert.Equal(message.StartsWith("the prompt has 128", StringComparison.Ordinal) ? EngineFault.PromptTooLong : EngineFault.InvalidSetting, error.Fault);
    }

    [Fact]
    public async Task A_stopped_engine_refuses_and_a_reader_that_leaves_gives_its_place_up()
    {
        await foreach (EngineToken _ in _engine.Generate(new() { Prompt = "a" }, Cancellation))
            break;
        await _engine.StopAsync(Cancellation);
        Assert.Equal((1L, 1L, 0), (_engine.Statistics.Requests, _engine.Statistics.GivenUp + _engine.Statistics.Finished, _engine.Statistics.Running));
        EngineException error = await Assert.ThrowsAsync<EngineException>(async () => await Read(new() { Prompt = "a" }));
        Assert.Equal(EngineFault.ShuttingDown, error.Fault);
    }

    [Fact]
    public async Task An_engine_is_loaded_from_a_model_folder()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string path = folder.File("my-model");
        using (CausalModel model = Toy.NewModel(_device))
            ModelFolder.Save(path, model, new ModelText(Toy.Tokenizer, null));
        (GenerationConfig.Load(path)! with { Temperature = 0.6, TopP = 0.95, TopK = 20 }).Save(path);
        await using LocalEngine loaded = LocalEngine.Load(path + Path.DirectorySeparatorChar, new() { Threads = 1, ContextLength = 100 });
        Assert.Equal(("my-model", 100), (loaded.ModelName, loaded.ContextLength));
        Assert.Equal((0.6f, 0.95f, 20, 0f), (loaded.Defaults.Temperature, loaded.Defaults.TopP, loaded.Defaults.TopK, loaded.Defaults.MinP));
        EngineRequest request = new() { Prompt = "one", Sampling = new() { Seed = 1, MaxNewTokens = 9 } };
        Assert.Equal((await Read(request)).Select(token => token.LogProb), (await Read(request, loaded)).Select(token => token.LogProb));
        Assert.Equal([.. "ab".Select(letter => Toy.Tokenizer.Encode($"{letter}", false)[0])], loaded.Tokenize("ab"));
    }

    [Fact]
    public async Task A_text_to_go_on_from_is_not_ended_by_a_tokenizer_that_ends_texts()
    {
        await using LocalEngine ending = new(Toy.NewModel(_device), Toy.EndingTokenizer, options: new() { ModelName = "toy" });
        Assert.Equal(Toy.Tokenizer.Encode("ab"), ending.Tokenize("ab", beginsText: true));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_one_clear_error() => Assert.Throws<TokenizerException>(() => LocalEngine.Load("/nowhere/at/all"));

    private static string Text(IEnumerable<EngineToken> tokens) => string.Concat(tokens.Select(token => token.Text));

    private async Task<List<EngineToken>> Read(EngineRequest request, LocalEngine? engine = null)
    {
        List<EngineToken> tokens = [];
        await foreach (EngineToken token in (engine ?? _engine).Generate(request, Cancellation))
            tokens.Add(token);
        return tokens;
    }
}
