using Cerise.Models;
using Cerise.Models.Generation;
using Cerise.Tensors;
using Cerise.Tensors.Autograd;
using Cerise.Testing;
using Cerise.Training.Batches;
using Cerise.Training.Optimizers;
using Cerise.Training.Runs;
using Cerise.Training.Trainers;

namespace Cerise.Training.Tests.Trainers;

public class SupervisedTrainerTests
{
    private static readonly (string Prompt, string Completion)[] Pairs = [("red", " apple"), ("green", " pear"), ("blue", " plum!"), ("yellow", " lemon")];

    private static readonly SftOptions Options = new() { BatchSize = 4, MaxSteps = 60, LearningRate = 1e-2, LrSchedulerType = LearningRateSchedule.Constant };

    [Fact]
    public void A_tiny_set_is_memorised()
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = Toy.NewModel(device);
        using SftTrainer trainer = new(model, Examples(Options), Options, Seed.From(1));
        List<StepResult> results = Toy.Train(trainer, 60);
        Assert.Equal(Math.Log(257), results[0].Metrics["loss"], 0.2);
        Assert.True(results[^1].Metrics["loss"] < 0.05, $"{results[^1].Metrics["loss"]}");
        Assert.True(results[^1].Metrics["entropy"] < 0.2);
        GenerationRequest[] requests = [.. Pairs.Select(pair => new GenerationRequest(Toy.Tokenizer.Encode(pair.Prompt), 1, Seed.From(1)))];
        SamplingOptions greedy = new() { Temperature = 0, MaxNewTokens = 20, StopIds = [Toy.Tokenizer.EosId!.Value] };
        IEnumerable<string> said = new Generator(model).Generate(requests, greedy, cancellation: TestContext.Current.CancellationToken)
            .Select(completions => Toy.Tokenizer.Decode([.. completions[0].Ids], skipSpecialTokens: true));
        Assert.Equal(Pairs.Select(pair => pair.Completion), said);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Loss_and_gradient_are_those_of_the_trained_tokens_mean(bool completionOnly)
    {
        SftOptions options = Options with { CompletionOnlyLoss = completionOnly };
        IReadOnlyList<TokenSequence> examples = Examples(options);
        using Device device = Device.Cpu(1);
        using CausalModel model = Toy.NewModel(device);
        using CausalModel same = Toy.NewModel(device);
        using SftTrainer trainer = new(model, examples, options, Seed.From(1));

        // By hand: each example alone, every token scored, and only then the mask.
        using Graph graph = new(device, record: false);
        double sum = 0;
        double entropy = 0;
        int count = 0;
        for (int i = 0; i < Pairs.Length; i++)
        {
            (Tensor logProbs, Tensor entropies) = same.LogProbs(graph, TokenBatch.PackAll([examples[i].Ids]));
            int prompt = completionOnly ? Toy.Tokenizer.Encode(Pairs[i].Prompt).Length : 1;
            float[] trained = logProbs.ToArray()[(prompt - 1)..];
            sum -= trained.Sum(logProb => (double)logProb);
            entropy += entropies.ToArray()[(prompt - 1)..].Sum(value => (double)value);
            count += trained.Length;
        }
        StepMetrics metrics = Toy.Train(trainer, 1)[0].Metrics;
        Assert.Equal(sum / count, metrics["loss"], 1e-9);
        Assert.Equal(Math.Exp(sum / count), metrics["perplexity"], 1e-6);
        Assert.Equal(entropy / count, metrics["entropy"], 1e-9);
        Assert.Equal(completionOnly ? 27 : 41, count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Packs_and_micro_batches_change_no_bit(bool isTied)
    {
        using Device device = Device.Cpu(2);
        int[]? expected = null;
        foreach (int most in (int[])[8192, 1, 13, 20])
        {
            using CausalModel model = Toy.NewModel(device, isTied);
            SftOptions options = Options with { MaxTokensPerMicroBatch = most };
            using SftTrainer trainer = new(model, Examples(options), options, Seed.From(1));
            StepMetrics metrics = Toy.Train(trainer, 3)[^1].Metrics;
            expected ??= Toy.Bits(model);
            Assert.Equal(expected, Toy.Bits(model));
            Assert.True(metrics["grad_norm"] > 0);
        }
    }

    [Fact]
    public void Saved_and_loaded_it_goes_on_with_the_same_bits()
    {
        SftOptions options = Options with { BatchSize = 3, LrSchedulerType = LearningRateSchedule.Cosine, WarmupSteps = 3, MaxSteps = 6 };
        using TemporaryFolder folder = TestPaths.NewFolder();
        using Device device = Device.Cpu(1);
        using CausalModel model = Toy.NewModel(device);
        using CausalModel other = Toy.NewModel(device);
        using SftTrainer unbroken = new(model, Examples(options), options, Seed.From(1));
        using SftTrainer resumed = new(other, Examples(options), options, Seed.From(1));
        Toy.Train(unbroken, 2);
        unbroken.SaveState(folder.Path);
        resumed.LoadState(folder.Path, 2);
        Assert.Equal(Toy.Train(unbroken, 3)[^1].Metrics, Toy.Train(resumed, 3)[^1].Metrics);
        Assert.Equal(Toy.Bits(model), Toy.Bits(other));
        Assert.Equal(5, resumed.Step);
    }

    [Fact]
    public void Token_accuracy_is_the_share_of_tokens_that_were_the_likeliest()
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = Toy.NewModel(device);
        IReadOnlyList<TokenSequence> examples = Examples(Options);
        using SftTrainer trainer = new(model, examples, Options, Seed.From(1));
        Toy.Train(trainer, 12);
        using Graph graph = new(device, record: false);
        int correct = 0;
        foreach (TokenSequence example in examples)
        {
            TokenBatch batch = TokenBatch.Pack([(example.Ids, example.Trained)]);
            float[] logits = model.Logits(model.HiddenStates(graph, batch.Ids, batch.Plan), batch.Rows).ToArray();
            for (int i = 0; i < batch.Targets.Count; i++)
            {
                float[] row = logits[(i * 257)..((i + 1) * 257)];
                correct += Array.IndexOf(row, row.Max()) == batch.Targets.Values[i] ? 1 : 0;
            }
        }
        double accuracy = Toy.Train(trainer, 1)[0].Metrics["mean_token_accuracy"];
        Assert.Equal(correct / 27.0, accuracy, 1e-12);
        Assert.InRange(accuracy, 0.1, 0.95);
    }

    [Fact]
    public void Noise_on_embeddings_does_not_depend_on_micro_batches_and_metrics_are_measured_without_it()
    {
        using Device device = Device.Cpu(2);
        using CausalModel plain = Toy.NewModel(device);
        using SftTrainer without = new(plain, Examples(Options), Options, Seed.From(1));
        StepMetrics clean = Toy.Train(without, 1)[0].Metrics;
        int[]? expected = null;
        foreach (int most in (int[])[8192, 1, 20])
        {
            using CausalModel model = Toy.NewModel(device);
            SftOptions options = Options with { MaxTokensPerMicroBatch = most, NeftuneNoiseAlpha = 5 };
            using SftTrainer trainer = new(model, Examples(options), options, Seed.From(1));
            StepMetrics metrics = Toy.Train(trainer, 1)[0].Metrics;
            Assert.Equal(clean["loss"], metrics["loss"]);
            Assert.NotEqual(clean["grad_norm"], metrics["grad_norm"]);
            Toy.Train(trainer, 2);
            expected ??= Toy.Bits(model);
            Assert.Equal(expected, Toy.Bits(model));
        }
    }

    [Fact]
    public void Noise_is_uniform_and_as_strong_as_the_paper_says()
    {
        using Device device = Device.Cpu(1);
        using Graph graph = new(device, record: false);
        TokenSequence[] sequences = [TokenSequence.All([1, 2, 3, 4]), TokenSequence.All([.. Enumerable.Range(0, 100)])];
        float[] noise = NeftuneNoise.Make(graph, sequences, 0, 64, alpha: 5, Seed.From(3)).ToArray();
        float[] shortOne = noise[..(4 * 64)], longOne = noise[(4 * 64)..];
        Assert.Equal(100 * 64, longOne.Length);
        Assert.InRange(shortOne.Max(Math.Abs), 0.9 * 5 / 16, 5 / 16.0);
        Assert.InRange(longOne.Max(Math.Abs), 0.99 * 5 / 80, 5 / 80.0);
        Assert.Equal(0, longOne.Average(), 0.002);
        Assert.Equal(Math.Pow(5 / 80.0, 2) / 3, longOne.Average(value => value * value), 5e-5);
        float[] again = NeftuneNoise.Make(graph, sequences.AsSpan(1), 1, 64, alpha: 5, Seed.From(3)).ToArray();
        Assert.Equal(longOne, again);
    }

    [Fact]
    public void Validation_rows_are_scored_every_few_steps_and_at_the_end_without_being_trained_on()
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = Toy.NewModel(device);
        using CausalModel same = Toy.NewModel(device);
        IReadOnlyList<TokenSequence> examples = Examples(Options);
        SftOptions options = Options with { MaxSteps = 5, EvalSteps = 2 };
        using SftTrainer trainer = new(model, [.. examples.Take(2)], options, Seed.From(1), [.. examples.Skip(2)]);
        using SftTrainer blind = new(same, [.. examples.Take(2)], options, Seed.From(1));
        List<StepResult> results = Toy.Train(trainer, 5);
        Toy.Train(blind, 5);
        Assert.Equal([false, true, false, true, true], results.Select(result => result.Metrics.TryGet("eval_loss", out _)));
        Assert.Equal(Toy.Bits(same), Toy.Bits(model));

        using Graph graph = new(device, record: false);
        float[] logProbs = model.LogProbs(graph, TokenBatch.Pack([.. examples.Skip(2).Select(example => (example.Ids, example.Trained))])).LogProbs.ToArray();
        Assert.Equal(-logProbs.Average(value => (double)value), results[4].Metrics["eval_loss"], 1e-9);
    }

    [Fact]
    public void Training_ends_when_validation_has_not_improved_for_long_enough_and_a_resumed_run_ends_there_too()
    {
        IReadOnlyList<TokenSequence> examples = Examples(Options);
        SftOptions options = Options with { EvalSteps = 1, EarlyStoppingPatience = 3, MaxSteps = 60 };
        using TemporaryFolder folder = TestPaths.NewFolder();
        using Device device = Device.Cpu(1);
        using CausalModel model = Toy.NewModel(device);
        using SftTrainer trainer = new(model, [.. examples.Take(2)], options, Seed.From(1), [.. examples.Skip(2)]);
        List<double> losses = [];
        while (trainer.Step < trainer.TotalSteps)
        {
            StepResult result = trainer.TrainStep(TestContext.Current.CancellationToken);
            losses.Add(result.Metrics["eval_loss"]);
            Assert.Equal(losses.Min() == losses[^1], result.IsBest);
            if (trainer.Step == 10)
                trainer.SaveState(folder.Path);
        }
        int best = losses.IndexOf(losses.Min());
        Assert.Equal(best + 1 + 3, trainer.Step);
        Assert.InRange(trainer.Step, 11, 59);

        using CausalModel other = Toy.NewModel(device);
        using SftTrainer resumed = new(other, [.. examples.Take(2)], options, Seed.From(1), [.. examples.Skip(2)]);
        resumed.LoadState(folder.Path, 10);
        while (resumed.Step < resumed.TotalSteps)
            resumed.TrainStep(TestContext.Current.CancellationToken);
        Assert.Equal(trainer.Step, resumed.Step);
        Assert.Equal(Toy.Bits(model), Toy.Bits(other));
    }

    [Fact]
    public void Sequential_sampling_keeps_the_order_of_the_data()
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = Toy.NewModel(device);
        IReadOnlyList<TokenSequence> examples = Examples(Options);
        using SftTrainer trainer = new(model, examples, Options with { BatchSize = 1, TrainSamplingStrategy = TrainSampling.Sequential }, Seed.From(1));
        List<double> tokens = [.. Toy.Train(trainer, 8).Select(result => result.Metrics["num_tokens"])];
        int[] lengths = [.. examples.Select(example => example.Ids.Count)];
        Assert.Equal(Enumerable.Range(1, 8).Select(n => Enumerable.Range(0, n).Sum(i => (double)lengths[i % 4])), tokens);
    }

    [Fact]
    public void The_loss_on_negative_examples_is_told_by_itself()
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = Toy.NewModel(device);
        IReadOnlyList<TokenSequence> examples = Examples(Options);
        TokenSequence[] mixed = [examples[0], examples[1] with { IsNegative = true }, examples[2], examples[3]];
        using Graph graph = new(device, record: false);
        double[] each = [.. mixed.Select(example => -model.LogProbs(graph, TokenBatch.Pack([(example.Ids, example.Trained)])).LogProbs.ToArray().Average(value => (double)value))];
        using SftTrainer trainer = new(model, mixed, Options, Seed.From(1));
        StepMetrics metrics = Toy.Train(trainer, 1)[0].Metrics;
        Assert.Equal(each[1], metrics["loss/negative"], 1e-9);
        double count = mixed.Where(example => !example.IsNegative).Sum(example => example.TrainedCount);
        Assert.Equal(mixed.Select((example, i) => example.IsNegative ? 0 : each[i] * example.TrainedCount).Sum() / count, metrics["loss/positive"], 1e-9);
        using SftTrainer usual = new(model, examples, Options, Seed.From(1));
        Assert.False(Toy.Train(usual, 1)[0].Metrics.TryGet("loss/negative", out _));
    }

    [Fact]
    public void Tokens_are_counted_over_all_steps_and_epochs_over_all_examples()
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = Toy.NewModel(device);
        IReadOnlyList<TokenSequence> examples = Examples(Options);
        using SftTrainer trainer = new(model, examples, Options with { BatchSize = 2 }, Seed.From(1));
        List<StepResult> results = Toy.Train(trainer, 4);
        int once = examples.Sum(example => example.Ids.Count);
        Assert.Equal(once, results[1].Metrics["num_tokens"]);
        Assert.Equal(2 * once, results[3].Metrics["num_tokens"]);
        Assert.Equal([0.5, 1, 1.5, 2], results.Select(result => result.Metrics["epoch"]));
        Assert.Empty(results[0].Samples);
    }

    [Fact]
    public void V10_a_batch_without_a_trained_token_has_loss_and_gradient_zero()
    {
        TokenSequence masked = new([1, 2, 3], [false, false, false]);
        using Device device = Device.Cpu(1);
        using CausalModel model = Toy.NewModel(device);
        using SftTrainer trainer = new(model, [masked], Options with { BatchSize = 2 }, Seed.From(1));
        int[] before = Toy.Bits(model);
        StepMetrics metrics = Toy.Train(trainer, 1)[0].Metrics;
        Assert.Equal((0.0, 0.0), (metrics["loss"], metrics["grad_norm"]));
        Assert.Equal(before, Toy.Bits(model));
    }

    [Theory]
    [InlineData(4, 0, 1, 1)]
    [InlineData(3, 0, 1, 2)]
    [InlineData(3, 0, 3, 4)]
    [InlineData(64, 0, 0.5, 1)]
    [InlineData(4, 17, 3, 17)]
    public void Steps_follow_from_epochs_unless_they_are_given(int batchSize, int maxSteps, double epochs, long steps)
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = Toy.NewModel(device);
        SftOptions options = Options with { BatchSize = batchSize, MaxSteps = maxSteps, NumTrainEpochs = epochs };
        using SftTrainer trainer = new(model, Examples(options), options, Seed.From(1));
        Assert.Equal(steps, trainer.TotalSteps);
    }

    [Fact]
    public void A_step_given_up_leaves_everything_as_it_was()
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = Toy.NewModel(device);
        using SftTrainer trainer = new(model, Examples(Options), Options, Seed.From(1));
        int[] before = Toy.Bits(model);
        Assert.Throws<OperationCanceledException>(() => trainer.TrainStep(new CancellationToken(canceled: true)));
        Assert.Equal(before, Toy.Bits(model));
        Assert.Equal(0, trainer.Step);
    }

    [Fact]
    public void Damaged_weights_are_told_before_they_spread()
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = Toy.NewModel(device);
        using SftTrainer trainer = new(model, Examples(Options), Options, Seed.From(1));
        model.Parameter("model.norm.weight").SetRows(0, [.. Enumerable.Repeat(float.NaN, 32)]);
        TrainingException error = Assert.Throws<TrainingException>(() => trainer.TrainStep(TestContext.Current.CancellationToken));
        Assert.Equal("the loss is NaN. Lower learning_rate, or look for damaged weights", error.Message);
    }

    [Fact]
    public void No_sequence_is_refused()
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = Toy.NewModel(device);
        TrainingException error = Assert.Throws<TrainingException>(() => new SftTrainer(model, [], Options, Seed.From(1)));
        Assert.Equal("there is no sequence to train on", error.Message);
    }

    [Theory]
    [InlineData("batch_size is 0; use 1 or more")]
    [InlineData("max_steps is -1; use 0 (from num_train_epochs) or more")]
    [InlineData("num_train_epochs is 0; use a number above 0")]
    [InlineData("max_length is 1; use 2 or more")]
    [InlineData("max_tokens_per_micro_batch is 0; use 1 or more")]
    [InlineData("neftune_noise_alpha is -5; use 0 (off) or more, such as 5")]
    [InlineData("eval_steps is 0; use 1 or more")]
    [InlineData("early_stopping_patience is -1; use 0 (never) or more")]
    [InlineData("early_stopping_threshold is NaN; use 0 or more")]
    public void Faults_name_the_setting_and_what_to_use(string fault)
    {
        SftOptions wrong = new()
        {
            BatchSize = 0,
            MaxSteps = -1,
            NumTrainEpochs = 0,
            MaxLength = 1,
            MaxTokensPerMicroBatch = 0,
            NeftuneNoiseAlpha = -5,
            EvalSteps = 0,
            EarlyStoppingPatience = -1,
            EarlyStoppingThreshold = double.NaN,
        };
        Assert.Contains(fault, wrong.Faults());
        Assert.Equal(9, wrong.Faults().Count());
        Assert.Empty(new SftOptions().Faults());
        Assert.Empty(new PretrainOptions().Faults());
    }

    private static IReadOnlyList<TokenSequence> Examples(SftOptions options) =>
        [.. Pairs.Select(pair => Toy.Example(pair.Prompt, pair.Completion, options)!)];
}
