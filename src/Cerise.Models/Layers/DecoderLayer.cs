using Cerise.Tensors;

namespace Cerise.Models.Layers;

/// <summary>One block of a pre-norm decoder: attention and feed-forward, each behind a norm.</summary>
internal sealed record DecoderLayer(Parameter InputNorm, AttentionLayer Attention, Parameter PostAttentionNorm, FeedForwardLayer FeedForward);
