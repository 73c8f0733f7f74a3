using Cerise.Tensors.Autograd;
using Cerise.Tensors.Ops;

namespace Cerise.Tensors.Tests.Ops;

/// <summary>What does not fit is refused before memory is touched, with op, both shapes and a way out.</summary>
public sealed class ShapeErrorTests : IDisposable
{
    private readonly Device _device = Device.Cpu(1);
    private readonly Graph _graph;
    private readonly List<IDisposable> _owned = [];

    public ShapeErrorTests() => _graph = new Graph(_device, record: true);

    [Fact]
    public void Linear_names_input_and_weight() =>
        Refuses("Linear: the input is [8, 128], 'q_proj' is [256, 64]: check the layer's input size.", () => Of(8, 128).Linear(Weight("q_proj", 256, 64)));

    [Fact]
    public void Linear_wants_weights_in_panels() =>
        Refuses("Linear: 'q_proj' [6, 4] lies row by row, a product reads panels: make it with ParameterLayout.Panels.", () => Of(8, 4).Linear(Weight("q_proj", 6, 4, ParameterLayout.Plain)));

    [Fact]
    public void Linear_wants_a_bias_as_long_as_its_output() =>
        Refuses("Linear: the bias 'b' is [5], 'w' [6, 4] has 6 outputs: load the bias of the same layer.", () => Of(8, 4).Linear(Weight("w", 6, 4), Weight("b", 5, 1)));

    [Fact]
    public void Embedding_names_the_id_outside_the_table() =>
        Refuses("Embedding: token id 50 is outside the vocabulary of 50. Does the tokenizer belong to this model?", () => _graph.Embedding(Weight("e", 50, 4), new Indices([3, 50])));

    [Fact]
    public void Embedding_refuses_negative_ids() =>
        Refuses("Embedding: token id -1 is outside the vocabulary of 50. Does the tokenizer belong to this model?", () => _graph.Embedding(Weight("e", 50, 4), new Indices([-1])));

    [Fact]
    public void Embedding_wants_its_table_in_panels() =>
        Refuses("Embedding: 'e' [50, 4] lies row by row, an embedding reads panels: make it with ParameterLayout.Panels.", () => _graph.Embedding(Weight("e", 50, 4, ParameterLayout.Plain), new Indices([0])));

    [Fact]
    public void RmsNorm_names_input_and_weight() =>
        Refuses("RmsNorm: the input is [2, 8], 'norm' is [9]: load the norm of a layer as wide as the input.", () => Of(2, 8).RmsNorm(Weight("norm", 9, 1), 1e-5f));

    [Fact]
    public void HeadRmsNorm_wants_whole_heads() =>
        Refuses("HeadRmsNorm: the input is [2, 8], 'norm' is [3]: rows are whole heads, each as wide as the norm.", () => Of(2, 8).HeadRmsNorm(Weight("norm", 3, 1), 1e-5f));

    [Fact]
    public void AddRmsNorm_names_stream_and_branch() =>
        Refuses("AddRmsNorm: the stream is [2, 8], the branch is [2, 9]: both must be [tokens, channels] of the model.", () => Of(2, 8).AddRmsNorm(Of(2, 9), Weight("norm", 8, 1), 1e-5f));

    [Fact]
    public void Rotary_names_the_position_beyond_its_table() =>
        Refuses(
            "Rotary: position 16 is beyond the model's context of 16 tokens. Shorten the prompt or the completion.",
            () => Of(2, 8).Rotary(Own(new RotaryTable(_device, [1, 0.1], 16)), new Indices([15, 16]), 4));

    [Fact]
    public void Rotary_wants_whole_heads() =>
        Refuses(
            "Rotary: 2 positions and 2 pairs for [2, 10] with heads of 4: give one position a row, and rows of whole heads of at least 2 channels a pair.",
            () => Of(2, 10).Rotary(Own(new RotaryTable(_device, [1, 0.1], 16)), new Indices([0, 1]), 4));

    [Fact]
    public void SwiGlu_names_both_halves() =>
        Refuses("SwiGlu: gate is [2, 8], up is [2, 9]: both projections must have the same outputs.", () => Of(2, 8).SwiGlu(Of(2, 9)));

    [Fact]
    public void GeGlu_names_both_halves() =>
        Refuses("GeGlu: gate is [2, 8], up is [2, 9]: both projections must have the same outputs.", () => Of(2, 8).GeGlu(Of(2, 9), GeluForm.Tanh));

    [Fact]
    public void LayerNorm_names_input_weight_and_bias()
    {
        Refuses(
            "LayerNorm: the input is [2, 8], 'ln.weight' is [8], 'ln.bias' is [9]: load the norm of a layer as wide as the input.",
            () => Of(2, 8).LayerNorm(Weight("ln.weight", 8, 1), Weight("ln.bias", 9, 1), 1e-5f));
        Refuses(
            "AddLayerNorm: the stream is [2, 8], the branch is [2, 9]: both must be [tokens, channels] of the model.",
            () => Of(2, 8).AddLayerNorm(Of(2, 9), Weight("ln.weight", 8, 1), Weight("ln.bias", 8, 1), 1e-5f));
    }

    [Fact]
    public void Split_wants_columns_that_are_there() =>
        Refuses("Split: the input is [2, 8], its first parts have 5 and 4 columns: the parts are columns of the input.", () => Of(2, 8).Split(5, 4));

    [Fact]
    public void Element_wise_ops_name_both_sides()
    {
        Refuses("Add: left is [2, 8], right is [2, 9]: gather or spread one to the other's shape first.", () => Of(2, 8) + Of(2, 9));
        Refuses("Min: left is [2], right is [3]: gather or spread one to the other's shape first.", () => Tensor.Min(Of(2, 1), Of(3, 1)));
    }

    [Fact]
    public void Attention_names_queries_keys_and_values() =>
        Refuses(
            "Attention: queries [4, 12], keys [4, 8] and values [4, 8] do not fit heads of 4 and 2 key heads: the query heads must be a multiple of the key heads.",
            () => Of(4, 12).Attention(Of(4, 8), Of(4, 8), AttentionPlan.Packed([4]), 4));

    [Fact]
    public void Attention_wants_a_plan_of_its_rows() =>
        Refuses("Attention: the plan has 5 rows, the queries are [4, 8]: plan the sequences of this batch.", () => Of(4, 8).Attention(Of(4, 8), Of(4, 8), AttentionPlan.Packed([2, 3]), 4));

    [Fact]
    public void Attention_with_gradients_wants_whole_sequences()
    {
        AttentionPlan plan = new();
        plan.Add(4, 3, [0]);
        Refuses("Attention: sequence 0 begins at position 3; without a cache its earlier keys are nowhere: use CachedAttention.", () => Of(4, 8).Attention(Of(4, 8), Of(4, 8), plan, 4));
    }

    [Fact]
    public void Attention_wants_its_blocks_inside_the_cache()
    {
        AttentionPlan plan = new();
        plan.Add(4, 0, [2]);
        KeyValueBlocks cache = new(Own(_device.Allocate(2 * 64 * 8)), 0, Own(_device.Allocate(2 * 64 * 8)), 0, 2, 4);
        Refuses("Attention: the plan uses block 2 of [64, 8], the cache holds 1024 numbers: plan within the cache or make it larger.", () => Of(4, 8).CachedAttention(Of(4, 8), Of(4, 8), plan, cache));
    }

    [Fact]
    public void Attention_takes_up_to_48_query_heads_a_key_head() =>
        Refuses("Attention: 49 query heads share a key head, the kernel takes up to 48.", () => Of(1, 98).Attention(Of(1, 2), Of(1, 2), AttentionPlan.Packed([1]), 2));

    [Fact]
    public void Attention_wants_settings_that_mean_something()
    {
        Tensor Attend(AttentionSettings settings) => Of(1, 4).Attention(Of(1, 4), Of(1, 4), AttentionPlan.Packed([1]), settings);
        Refuses("Attention: heads have 0 channels: give at least 1.", () => Attend(new AttentionSettings(0, 1)));
        Refuses("Attention: the scale is NaN: give a finite number, such as 1 / sqrt(headDim).", () => Attend(new AttentionSettings(4, float.NaN)));
        Refuses("Attention: the window is -1: give the number of keys that a query sees, or 0 for all.", () => Attend(new AttentionSettings(4, 1, Window: -1)));
        Refuses("Attention: the soft cap is -2: give the bound of the scores, or 0 for none.", () => Attend(new AttentionSettings(4, 1, SoftCap: -2)));
        KeyValueBlocks cache = new(Own(_device.Allocate(64 * 4)), 0, Own(_device.Allocate(64 * 4)), 0, 1, 4);
        Refuses(
            "Attention: the settings are for heads of 2, the cache holds heads of 4: make the cache for this layer.",
            () => Of(1, 4).CachedAttention(Of(1, 4), Of(1, 4), AttentionPlan.Packed([1]), cache, new AttentionSettings(2)));
    }

    [Fact]
    public void A_plan_wants_blocks_for_all_its_positions()
    {
        AttentionPlan plan = new();
        Refuses("AttentionPlan: 1 blocks do not hold positions up to 64: give a block for every 64 positions, those before the first row included.", () => plan.Add(1, 64, [0]));
        Refuses("AttentionPlan: block -1 does not exist: blocks are numbered from 0.", () => plan.Add(1, 0, [-1]));
    }

    [Fact]
    public void LmHead_names_states_targets_and_table()
    {
        Refuses("LmHead: hidden states [3, 8] and 2 targets for a table [50, 8]: give one target a row, and the head of a model as wide as the states.", () => Of(3, 8).LmHead(Weight("h", 50, 8), new Indices([1, 2])));
        Refuses("LmHead: target id 50 is outside the vocabulary of 50. Does the tokenizer belong to this model?", () => Of(1, 8).LmHead(Weight("h", 50, 8), new Indices([50])));
        Refuses("LmHead: temperature 0 is not above 0: score at the temperature of sampling, or at 1 where that was greedy.", () => Of(1, 8).LmHead(Weight("h", 50, 8), new Indices([5]), 0));
        Refuses("Logits: hidden states are [1, 8], the table 'h' is [50, 9]: take the head of a model as wide as the states.", () => Of(1, 8).Logits(Weight("h", 50, 9)));
        Refuses("LmHead: the soft cap is -1: give the bound of the logits, or 0 for none.", () => Of(1, 8).LmHead(Weight("h", 50, 8), new Indices([5]), 1, -1));
        Refuses("Logits: the soft cap is Infinity: give the bound of the logits, or 0 for none.", () => Of(1, 8).Logits(Weight("h", 50, 8), float.PositiveInfinity));
        Refuses("LmHead: 'h' [50, 8] lies row by row, a product reads panels: make it with ParameterLayout.Panels.", () => Of(1, 8).LmHead(Weight("h", 50, 8, ParameterLayout.Plain), new Indices([5])));
    }

    [Fact]
    public void Segments_cover_the_input_in_order()
    {
        Refuses("SegmentSum: segments end at 4, the input is [5]: the last offset is the number of tokens.", () => Of(5, 1).SegmentSum(new Indices([0, 4])));
        Refuses("SegmentSum: offsets run 0, 3, 2: they begin with 0 and never fall.", () => Of(2, 1).SegmentSum(new Indices([0, 3, 2])));
        Refuses("SegmentBroadcast: offsets run 1, 3: they begin with 0 and never fall.", () => Of(1, 1).SegmentBroadcast(new Indices([1, 3])));
        Refuses("SegmentBroadcast: 2 segments for [3]: give one more offset than there are numbers.", () => Of(3, 1).SegmentBroadcast(new Indices([0, 1, 2])));
    }

    [Fact]
    public void Gathering_names_the_row() =>
        Refuses("GatherRows: row 3 is outside [3, 2].", () => Of(3, 2).GatherRows(new Indices([0, 3])));

    [Fact]
    public void Only_a_single_number_is_a_loss() =>
        Refuses("Backward: the loss is [3], not a single number: reduce it with Dot.", () => _graph.Backward(Of(3, 1)));

    [Fact]
    public void Numbers_fill_their_shape()
    {
        Refuses("From: 3 numbers do not fill [2, 2].", () => _graph.From([1, 2, 3], new Shape(2, 2)));
        Refuses("Leaf: 3 numbers do not fill [2, 2].", () => _graph.Leaf([1, 2, 3], new Shape(2, 2)));
        Refuses("Item: the tensor is [2, 2], not a single number.", () => Of(2, 2).Item());
        Refuses("SetRows: 7 numbers are no whole rows of 'w' [3, 4].", () => Weight("w", 3, 4).SetRows(0, new float[7]));
        Refuses("SetRows: rows 2 to 3 are outside 'w' [3, 4].", () => Weight("w", 3, 4).SetRows(2, new float[8]));
        Refuses("GetRows: rows 3 to 3 are outside 'w' [3, 4].", () => Weight("w", 3, 4).GetRows(3, new float[4]));
    }

    public void Dispose()
    {
        _graph.Dispose();
        foreach (IDisposable owned in _owned)
            owned.Dispose();
        _device.Dispose();
    }

    private static void Refuses(string message, Func<object?> op) => Assert.Equal(message, Assert.Throws<ShapeException>(op).Message);

    private static void Refuses(string message, Action op) => Assert.Equal(message, Assert.Throws<ShapeException>(op).Message);

    private Tensor Of(int rows, int columns) => _graph.Leaf(new float[rows * columns], new Shape(rows, columns));

    private Parameter Weight(string name, int rows, int columns, ParameterLayout layout = ParameterLayout.Panels) =>
        Own(new Parameter(_device, name, new Shape(rows, columns), layout));

    private T Own<T>(T value)
        where T : IDisposable
    {
        _owned.Add(value);
        return value;
    }
}
