using System.Text.Json;
using Cerise.Models.Generation;
using Cerise.Tensors;
using Cerise.Tensors.Autograd;
using Cerise.Testing;

namespace Cerise.Models.Tests;

/// <summary>A real trained checkpoint against what its makers published.</summary>
public sealed class StoriesCheckpointTests
{
    [Fact]
    public void Greedy_decoding_gives_the_published_story()
    {
        (Device device, CausalModel model, JsonElement published) = Open();
        using (device)
        using (model)
        {
            int[] expected = [.. published.GetProperty("greedy_from_bos").GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
            SamplingOptions options = new() { Temperature = 0, MaxNewTokens = expected.Length - 1 };
            Completion completion = new Generator(model).Generate([new GenerationRequest([expected[0]], 1, Seed.From(0))], options, cancellation: TestContext.Current.CancellationToken)[0][0];
            Assert.Equal(expected[1..], completion.Ids);
        }
    }

    [Fact]
    public void Last_position_logits_are_the_published_ones_within_1e_4()
    {
        (Device device, CausalModel model, JsonElement published) = Open();
        using (device)
        using (model)
        {
            JsonElement example = published.GetProperty("example");
            int[] ids = [.. example.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
            float[] expected = [.. example.GetProperty("last_logits").EnumerateArray().Select(x => x.GetSingle())];
            using Graph graph = new(device, record: false);
            Tensor hidden = model.HiddenStates(graph, new Indices(ids), AttentionPlan.Packed([ids.Length]));
            float[] logits = model.Logits(hidden, new Indices([ids.Length - 1])).ToArray();
            for (int i = 0; i < expected.Length; i++)
                Assert.True(Math.Abs(expected[i] - logits[i]) < 1e-4, $"logit {i}: expected {expected[i]}, got {logits[i]}");
        }
    }

    [Fact]
    public void Log_probs_recorded_while_sampling_equal_those_recomputed_bit_for_bit()
    {
        (Device device, CausalModel model, _) = Open();
        using (device)
        using (model)
        {
            List<GenerationRequest> requests = [.. Enumerable.Range(0, 5).Select(i => new GenerationRequest([1, .. Enumerable.Range(300, 13 * i)], 3, Seed.From(i)))];
            SamplingOptions options = new() { Temperature = 0.9f, MaxNewTokens = 150, MaxBatchSize = 7 };
            IReadOnlyList<IReadOnlyList<Completion>> all = new Generator(model).Generate(requests, options, cancellation: TestContext.Current.CancellationToken);
            using Graph graph = new(device, record: true);
            model.RequireGradients();
            TokenBatch batch = TokenBatch.Pack([.. requests.SelectMany((request, i) => all[i].Select(completion => (
                (IReadOnlyList<int>)[.. request.PromptIds, .. completion.Ids],
                (IReadOnlyList<bool>)[.. request.PromptIds.Select(_ => false), .. completion.Ids.Select(_ => true)])))]);
            float[] recomputed = model.LogProbs(graph, batch, 0.9f).LogProbs.ToArray();
            Assert.Equal(all.SelectMany(group => group).SelectMany(completion => completion.LogProbs), recomputed);
        }
    }

    private static (Device Device, CausalModel Model, JsonElement Published) Open()
    {
        string folder = TestPaths.SharedData("models/stories260K");
        Device device = Device.Cpu(2);
        JsonElement published = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "published_greedy_and_example_logits.json"))).RootElement;
        return (device, CausalModel.Load(folder, device), published);
    }
}
