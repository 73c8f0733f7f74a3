using System.Runtime.CompilerServices;
using Cerise.Data;
using Cerise.Data.Grammars;
using Cerise.Data.Inference;
using Cerise.Models;
using Cerise.Models.Configs;
using Cerise.Models.Generation;
using Cerise.Tensors;
using Cerise.Training.Rollouts;
using Cerise.Training.Stages;

namespace Cerise.Training.Inference;

/// <summary>A model of this machine that answers requests: weights, tokenizer and <see cref="GenerationService"/> together.</summary>
/// <remarks>Texts are made on the reader's thread, so that the thread that samples does nothing else.</remarks>
public sealed class LocalEngine : ITextEngine
{
    private readonly CausalModel _model;
    private readonly ITokenizer _tokenizer;
    private readonly IReadOnlyList<int> _ends;
    private readonly GenerationService _service;
    private readonly Device? _ownDevice;
    private readonly Seed _seed;
    private readonly Lazy<TokenVocabulary> _vocabulary;
    private long _unseeded = -1;
    private int _disposed;

    /// <param name="model">What answers; disposed with the engine. Its device is the engine's own as long as it lives.</param>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="generation">What <c>generation_config.json</c> says; null where there is none.</param>
    /// <param name="options">How to set up; threads, type and context are the model's.</param>
    public LocalEngine(CausalModel model, ITokenizer tokenizer, GenerationConfig? generation = null, LocalEngineOptions? options = null)
        : this(model, tokenizer, generation, options ?? new(), null)
    {
    }

    private LocalEngine(CausalModel model, ITokenizer tokenizer, GenerationConfig? generation, LocalEngineOptions options, Device? ownDevice)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tokenizer);
        (_model, _tokenizer, _ownDevice) = (model, tokenizer, ownDevice);
        _ends = [.. StopTokens.Of(model.Config, tokenizer, generation)];
        _seed = Seed.From(options.Seed).Fork("engine");
        _vocabulary = new Lazy<TokenVocabulary>(() => TokenVocabulary.Of(tokenizer));
        ModelName = options.ModelName ?? "model";
        Defaults = new SamplingSettings
        {
            Temperature = generation?.DoSample == false ? 0 : (float)(generation?.Temperature ?? 1),
            TopP = generation?.TopP is > 0 and { } topP ? (float)topP : 1,
            TopK = generation?.TopK ?? 0,
            MinP = (float)(generation?.MinP ?? 0),
            RepetitionPenalty = (float)(generation?.RepetitionPenalty ?? 1),
        };
        _service = new GenerationService(model, options.Service);
    }

    /// <inheritdoc/>
    public string ModelName { get; }

    /// <inheritdoc/>
    public int ContextLength => _service.ContextLength;

    /// <summary>What the model's makers suggest where a request names no setting: <c>generation_config.json</c>, else the model's own distribution.</summary>
    public SamplingSettings Defaults { get; }

    /// <inheritdoc/>
    public EngineStatistics Statistics
    {
        get
        {
            GenerationServiceStatistics now = _service.Statistics;
            return new EngineStatistics
            {
                Running = now.Running,
                Waiting = now.Waiting,
                Requests = now.Requests,
                Finished = now.Finished,
                GivenUp = now.GivenUp,
                PromptTokens = now.Work.PromptTokens,
                ReusedPromptTokens = now.ReusedPromptTokens,
                GenerationTokens = now.Work.GenerationTokens,
                Steps = now.Work.Steps,
                PromptSeconds = now.Work.PromptSeconds,
                StepSeconds = now.Work.StepSeconds,
                TokensPerSecond = now.TokensPerSecond,
                CacheUse = now.CacheUse,
            };
        }
    }

    /// <summary>Loads a Hugging Face model folder.</summary>
    /// <param name="folder">config.json, safetensors, tokenizer.json; generation_config.json where there is one.</param>
    /// <param name="options">How to set up.</param>
    /// <exception cref="Cerise.Models.Checkpoints.CheckpointException">The model's files are missing or damaged.</exception>
    /// <exception cref="TokenizerException">The tokenizer's are.</exception>
    /// <exception cref="TrainingException">Model and tokenizer do not belong together.</exception>
    public static LocalEngine Load(string folder, LocalEngineOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        options ??= new();
        Tokenizer tokenizer = Tokenizer.Load(folder);
        GenerationConfig? generation = GenerationConfig.Load(folder);
        Device device = Device.Cpu(options.Threads);
        try
        {
            CausalModel model = CausalModel.Load(folder, device, options.ContextLength, options.DType);
            ModelFolder.RequireFit(model, tokenizer, folder);
            options = options with { ModelName = options.ModelName ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))) };
            return new LocalEngine(model, tokenizer, generation, options, device);
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public int[] Tokenize(string text, bool beginsText = false) => beginsText ? _tokenizer.EncodePrompt(text) : _tokenizer.Encode(text, addSpecialTokens: false);

    /// <inheritdoc/>
    public async IAsyncEnumerable<EngineToken> Generate(EngineRequest request, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        SamplingSettings sampling = request.Sampling;
        int[] ends = [.. (sampling.IgnoreEos ? [] : _ends).Union(sampling.StopIds)];
        using GenerationStream stream = Submit(request, ends);
        CompletionText[] texts =
            [.. Enumerable.Range(0, request.Samples).Select(_ => new CompletionText(_tokenizer, sampling.StopStrings, ends, request.SkipSpecialTokens))];
        while (await Read(stream, cancellation).ConfigureAwait(false) is { Count: > 0 } tokens)
            for (int i = 0; i < tokens.Count; i++)
                yield return texts[tokens[i].Sample].Next(tokens[i]);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken abort = default) => _service.StopAsync(abort);

    /// <summary>Stops at once and frees the model; requests that have not ended fail with <see cref="EngineFault.ShuttingDown"/>.</summary>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _service.Dispose();
            _model.Dispose();
            _ownDevice?.Dispose();
        }
        return ValueTask.CompletedTask;
    }

    private GenerationStream Submit(EngineRequest request, int[] ends)
    {
        RequestCheck.Require(request, _model.Config.VocabSize);
        SamplingSettings sampling = request.Sampling;
        StopMatcher? stops = sampling.StopStrings.Count > 0 ? new StopMatcher(sampling.StopStrings) : null;
        SamplingOptions options = new()
        {
            Temperature = sampling.Temperature,
            TopK = sampling.TopK,
            TopP = sampling.TopP,
            MinP = sampling.MinP,
            RepetitionPenalty = sampling.RepetitionPenalty,
            PresencePenalty = sampling.PresencePenalty,
            FrequencyPenalty = sampling.FrequencyPenalty,
            LogitBias = sampling.LogitBias,
            TopLogProbs = sampling.TopLogProbs,
            MaxNewTokens = sampling.MaxNewTokens ?? int.MaxValue,
            StopIds = ends,
            Guide = stops is null && request.Grammar is null
                ? null
                : () => new CompletionGuide(_tokenizer, stops?.Begin(), request.Grammar?.Start(_vocabulary.Value), ends),
        };
        Seed seed = sampling.Seed is { } number ? Seed.From(number) : _seed.Fork(Interlocked.Increment(ref _unseeded));
        try
        {
            // Begun once here, so that a grammar these tokens cannot spell is the caller's fault and not the service's.
            _ = request.Grammar?.Start(_vocabulary.Value);
            IReadOnlyList<int> ids = request.PromptIds ?? Tokenize(request.Prompt!);
            return _service.Submit(new GenerationRequest(ids, request.Samples, seed), options, request.Timeout);
        }
        catch (GrammarException error)
        {
            throw new EngineException(EngineFault.InvalidSetting, error.Message, "grammar", error);
        }
        catch (GenerationException error)
        {
            throw Engine(error);
        }
    }

    private static async ValueTask<IReadOnlyList<DrawnToken>> Read(GenerationStream stream, CancellationToken cancellation)
    {
        try
        {
            return await stream.ReadAsync(cancellation).ConfigureAwait(false);
        }
        catch (GenerationException error)
        {
            throw Engine(error);
        }
    }

    private static EngineException Engine(GenerationException error) => new(
        error.Fault switch
        {
            GenerationFault.Invalid => EngineFault.InvalidSetting,
            GenerationFault.PromptTooLong => EngineFault.PromptTooLong,
            GenerationFault.QueueFull => EngineFault.QueueFull,
            GenerationFault.Stopping => EngineFault.ShuttingDown,
            GenerationFault.TimedOut => EngineFault.TimedOut,
            _ => EngineFault.Failed,
        },
        error.Message,
        setting: error.Fault switch
        {
            GenerationFault.PromptTooLong => "prompt",
            _ => null,
        },
        error);
}
