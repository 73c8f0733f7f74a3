using Cerise.Models;
using Cerise.Tensors;
using Cerise.Training.Batches;

namespace Cerise.Training.Trainers;

/// <summary>Supervised fine-tuning: maximum likelihood of what the model is to say (Ouyang et al. 2022, arXiv:2203.02155, section 3.5).</summary>
/// <param name="model">Trained in place.</param>
/// <param name="examples">Conversations, or prompts and completions, as <see cref="Data.Conversations.ChatTokenizer"/> makes them.</param>
/// <param name="options">Checked settings.</param>
/// <param name="seed">Source of the examples' order and of noise.</param>
/// <param name="validation">Examples to evaluate on; none evaluates never.</param>
public sealed class SftTrainer(CausalModel model, IReadOnlyList<TokenSequence> examples, SftOptions options, Seed seed, IReadOnlyList<TokenSequence>? validation = null)
    : SupervisedTrainer(model, examples, options, seed, validation);
