using System.CommandLine;
using Cerise.Training.Recipes;
using Cerise.Training.Stages;

namespace Cerise.Cli.Verbs;

/// <summary>One stage as a verb (<c>pretrain</c>, <c>sft</c>, <c>grpo</c>): every key of the stage is a flag.</summary>
internal sealed class StageVerb : IVerb
{
    private readonly string _kind;
    private readonly List<(string Key, Option<string?> Option)> _keys = [];
    private readonly Option<long?> _seed = Flag.Long("--seed", "S", "source of all randomness (default: 42)");
    private readonly RunFlags _run = new();

    /// <param name="kind">The stage's kind.</param>
    /// <param name="what">What the verb does.</param>
    /// <param name="example">A command that works.</param>
    public StageVerb(string kind, string what, string example)
    {
        _kind = kind;
        Example = example;
        Command = new Command(kind, what) { _seed };
        foreach (OptionFlag flag in OptionsFlags.Of(StageKinds.OptionsOf(kind)))
        {
            Option<string?> option = new($"--{flag.Name}") { HelpName = flag.Type, Description = $"{flag.Doc} [{flag.Default}]", Required = flag.IsRequired };
            if (flag.IsSwitch)
                option.Arity = ArgumentArity.ZeroOrOne;
            _keys.Add((flag.Name, option));
            Command.Options.Add(option);
        }
        _run.AddTo(Command);
    }

    /// <inheritdoc/>
    public Command Command { get; }

    /// <inheritdoc/>
    public string Notes => "Lists and maps are written as in a recipe: --rewards '[{name: accuracy}, {name: format, weight: 0.5}]'.";

    /// <inheritdoc/>
    public string Example { get; }

    /// <inheritdoc/>
    public int Run(ParseResult flags, Terminal terminal)
    {
        IEnumerable<KeyValuePair<string, string>> given = _keys
            .Where(key => flags.GetResult(key.Option) is not null)
            .Select(key => KeyValuePair.Create(key.Key, flags.GetValue(key.Option) ?? "true"));
        RecipeMap settings = OptionsFlags.ToMap(StageKinds.OptionsOf(_kind), given);
        return _run.Execute(RecipeDocument.OfStage(_kind, flags.GetValue(_seed) ?? 42, settings), flags, terminal);
    }
}
