using System.CommandLine;
using Cerise.Data;
using Cerise.Models;
using Cerise.Models.Checkpoints;
using Cerise.Models.Configs;
using Cerise.Tensors;
using Cerise.Training.Stages;

namespace Cerise.Cli.Verbs;

/// <summary><c>merge</c>: a model with a LoRA adapter worked in, as a plain Hugging Face folder.</summary>
internal sealed class MergeVerb : IVerb
{
    private readonly Option<string> _model = Flag.Text("--model", "DIR", "the base model's folder, or the adapter's own if its config names the base model", required: true);
    private readonly Option<string> _adapter = Flag.Text("--adapter", "DIR", "the adapter's folder, in PEFT's layout");
    private readonly Option<string> _out = Flag.Text("--out", "DIR", "the folder to make", required: true);
    private readonly Option<string> _dtype = DTypeFlag.Of("type of the merged weights (default: auto, what the base model's config says)", DTypeFlag.NamesWithAuto);

    public MergeVerb() => Command = new Command("merge", "Works a LoRA adapter into its base model, W + s B A in float32, and saves a plain Hugging Face folder.")
    {
        _model, _adapter, _out, _dtype,
    };

    /// <inheritdoc/>
    public Command Command { get; }

    /// <inheritdoc/>
    public string Notes => """
        A base model in 16 bits rounds the change away in part; --dtype float32 keeps all of it, at twice the size.
        """;

    /// <inheritdoc/>
    public string Example => "./cerise merge --model my-model --adapter runs/sft/adapter --out my-merged-model";

    /// <inheritdoc/>
    public int Run(ParseResult flags, Terminal terminal)
    {
        string folder = flags.GetRequiredValue(_out);
        if (Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*.safetensors*").Any())
            throw new CommandException($"{folder}: holds a model already. Name another folder with --out, or remove that one.");
        ModelSource source = ModelSource.Find(flags.GetRequiredValue(_model), flags.GetValue(_adapter));
        if (source.Adapter is not { } adapter)
            throw new MisuseException("merge: there is no adapter to merge: give --adapter DIR, or an adapter's folder as --model. See './cerise merge --help'.");
        using Device device = CommonOptions.OpenDevice(flags);
        Tokenizer? tokenizer = ModelText.IsIn(source) ? Tokenizer.Load(source.Tokenizer) : null;
        using CausalModel model = CausalModel.Load(source.Model, device, dtype: null);
        model.LoadAdapter(adapter);
        model.Save(folder, DTypeFlag.TypeOf(flags, _dtype)?.InFile());
        tokenizer?.Save(folder);
        GenerationConfig.Load(source.Model)?.Save(folder);
        terminal.Error.WriteLine($"{folder}: {model.Adapter!.Modules.Count()} modules merged");
        return ExitCodes.Done;
    }
}
