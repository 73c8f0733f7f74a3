using System.Text.RegularExpressions;

namespace Cerise.Training.Recipes;

/// <summary>A recipe: what a run does, stage by stage, as read from YAML with the overrides of the command line applied.</summary>
/// <remarks>
/// <para>The file is one YAML 1.2 document:</para>
/// <code>
/// name: r1-zero                   # the run folder's name; the file's name when left out
/// description: from nothing to reasoning
/// seed: 1                         # of every random draw; 42 when left out
/// model: runs/base/model          # a variable: any further key, used as ${model}
/// stages:
///   - stage: grpo                 # what it does
///     name: zero                  # distinct; the kind when left out
///     model: ${model}
///     learning_rate: 1e-6         # keys are TRL's, in snake_case
/// </code>
/// <para>
/// <c>${name}</c> in a value stands for the top-level key of that name. A value that is one reference and nothing else takes the variable whole,
/// whatever it is; inside a longer text the variable must be a single value; <c>$${</c> stands for the characters <c>${</c>. In a flow list a
/// reference is quoted: <c>["${a}", "${b}"]</c>. A top-level key that nothing refers to is an error, since it is a mistyped name more often than not.
/// </para>
/// <para>Anchors, aliases, tags, duplicate keys and a second document are errors. Size, depth and number of values are bounded.</para>
/// </remarks>
public sealed partial class RecipeDocument
{
    internal const string StagesKey = "stages";
    private const string NameKey = "name";
    private const string DescriptionKey = "description";
    private const string SeedKey = "seed";
    private const long DefaultSeed = 42;
    private static readonly string[] OwnKeys = [NameKey, DescriptionKey, SeedKey, StagesKey];

    private RecipeDocument(string source, string name, string? description, long seed, RecipeMap settings, IReadOnlyList<RecipeStage> stages)
    {
        Source = source;
        Name = name;
        Description = description;
        Seed = seed;
        Settings = settings;
        Stages = stages;
    }

    /// <summary>The file as the user named it.</summary>
    public string Source { get; }

    /// <summary>What the run is called: letters, digits, '-', '_' and '.', a folder's name.</summary>
    public string Name { get; }

    /// <summary>One sentence for people, or null.</summary>
    public string? Description { get; }

    /// <summary>The seed of every random draw of the run; 42 when the recipe gives none, as in TRL.</summary>
    public long Seed { get; }

    /// <summary>The top-level keys that the caller of <see cref="Load"/> asked for, as a map to bind.</summary>
    public RecipeMap Settings { get; }

    /// <summary>The stages in order; at least one.</summary>
    public IReadOnlyList<RecipeStage> Stages { get; }

    /// <summary>Reads a recipe file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="overrides">Values of <c>--set</c>, each <c>path=value</c>, applied in order before references are filled in: <c>seed=3</c>,
    /// <c>model=DIR</c>, <c>stages.grpo.learning_rate=1e-5</c>, <c>stages.0.max_steps=10</c>.</param>
    /// <param name="settings">Further top-level keys the caller understands; they come back in <see cref="Settings"/>.</param>
    /// <exception cref="RecipeException">The file cannot be read or has faults; all of them are in the message.</exception>
    public static RecipeDocument Load(string path, IReadOnlyList<string>? overrides = null, IReadOnlyCollection<string>? settings = null) =>
        Parse(RecipeParser.ReadText(path), path, overrides, settings);

    /// <summary>Reads a recipe from its text.</summary>
    /// <param name="text">YAML.</param>
    /// <param name="source">What to call it in messages; its file name without extension is the recipe's name when the text gives none.</param>
    /// <param name="overrides">As for <see cref="Load"/>.</param>
    /// <param name="settings">As for <see cref="Load"/>.</param>
    /// <exception cref="RecipeException">The text has faults; all of them are in the message.</exception>
    public static RecipeDocument Parse(string text, string source, IReadOnlyList<string>? overrides = null,
        IReadOnlyCollection<string>? settings = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(source);
        var faults = new RecipeFaults();
        RecipeNode node = RecipeParser.Parse(text, source, faults);
        if (node is not RecipeMap root)
            throw new RecipeException(
                $"{node.Location}: a recipe is a map with 'name', 'seed' and 'stages'; this is " +
                $"{(node is RecipeScalar { IsNull: true } ? "empty" : "something else")}.");
        return Read(root, source, overrides ?? [], settings ?? [], faults);
    }

    /// <summary>A recipe of one stage, as a verb like <c>cerise grpo --learning_rate 1e-6</c> makes it.</summary>
    /// <param name="kind">What the stage does; also its name and the recipe's.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="options">The stage's settings, from <see cref="OptionsFlags.ToMap{T}"/>.</param>
    public static RecipeDocument OfStage(string kind, long seed, RecipeMap options)
    {
        ArgumentNullException.ThrowIfNull(kind);
        ArgumentNullException.ThrowIfNull(options);
        var location = new RecipeLocation(kind);
        return new RecipeDocument(kind, kind, null, seed, new RecipeMap(location, []), [new RecipeStage(0, kind, kind, location, options)]);
    }

    /// <summary>The recipe with every default written out, as YAML that binds to
    /// the same records again. The same recipe gives the same text.</summary>
    /// <param name="stageOptions">The record of each stage, in order.</param>
    /// <param name="settings">The record bound to <see cref="Settings"/>, if the caller has one.</param>
    public string Resolve(IReadOnlyList<object> stageOptions, object? settings = null)
    {
        ArgumentNullException.ThrowIfNull(stageOptions);
        if (stageOptions.Count != Stages.Count)
            throw new ArgumentException($"{stageOptions.Count} records for {Stages.Count} stages", nameof(stageOptions));
        var here = new RecipeLocation(Source);
        List<RecipeEntry> entries = [Entry(NameKey, OptionsWriter.Text(Name))];
        if (Description is not null)
            entries.Add(Entry(DescriptionKey, OptionsWriter.Text(Description)));
        entries.Add(Entry(SeedKey, OptionsWriter.ToNode(Seed)));
        if (settings is not null)
            entries.AddRange(OptionsWriter.ToMap(settings).Entries);
        var stages = Stages.Zip(stageOptions, (stage, options) => (RecipeNode)new RecipeMap(here,
            [Entry(RecipeStage.KindKey, OptionsWriter.Text(stage.Kind)), Entry(RecipeStage.NameKey, OptionsWriter.Text(stage.Name)),
                .. OptionsWriter.ToMap(options).Entries]));
        entries.Add(Entry(StagesKey, new RecipeList(here, [.. stages])));
        return YamlText.Write(new RecipeMap(here, entries));

        RecipeEntry Entry(string key, RecipeNode value) => new(key, here, value);
    }

    private static RecipeDocument Read(RecipeMap root, string source, IReadOnlyList<string> overrides, IReadOnlyCollection<string> settings,
        RecipeFaults faults)
    {
        // The defaults are put in as if written, so that ${name} and ${seed} always have a value.
        if (root.Find(NameKey) is null)
            root = root.With(new RecipeEntry(NameKey, root.Location,
                new RecipeScalar(root.Location, Path.GetFileNameWithoutExtension(source), isPlain: false)));
        if (root.Find(SeedKey) is null)
            root = root.With(new RecipeEntry(SeedKey, root.Location, OptionsWriter.ToNode(DefaultSeed)));
        foreach (string text in overrides)
            root = RecipeOverride.Read(text, faults)?.Apply(root, [.. OwnKeys, .. settings], faults) ?? root;
        // Variables are filled in where they are used, so that one without a value is no fault while nothing needs it.
        var references = new RecipeReferences(root, faults);
        RecipeMap expanded = new(root.Location,
            [.. root.Entries.Select(entry => IsOwn(entry.Key) || settings.Contains(entry.Key)
                ? entry with { Value = references.Expand(entry.Value) }
                : entry)]);
        foreach (RecipeEntry entry in expanded.Entries)
        {
            if (!IsOwn(entry.Key) && !settings.Contains(entry.Key) && !references.Used.Contains(entry.Key))
                faults.Add(entry.KeyLocation, $"{NearestName.Explain("key", entry.Key, [.. OwnKeys, .. settings])}, and no value " +
                    $"uses it as ${{{entry.Key}}}.");
        }
        TopLevel top = OptionsBinder.Bind<TopLevel>(new RecipeMap(root.Location,
            [.. expanded.Entries.Where(entry => entry.Key is NameKey or DescriptionKey or SeedKey)]), "", faults);
        if (!NamePattern().IsMatch(top.Name))
            faults.Add(root.Find(NameKey)!.Value.Location,
                $"name is '{top.Name}'; it names the run folder: letters, digits, '-', '_' and '.', beginning with a letter or digit.");
        IReadOnlyList<RecipeStage> stages = ReadStages(expanded, faults);
        faults.ThrowIfAny();
        var asked = new RecipeMap(root.Location, [.. expanded.Entries.Where(entry => settings.Contains(entry.Key))]);
        return new RecipeDocument(source, top.Name, top.Description, top.Seed, asked, stages);
    }

    private static List<RecipeStage> ReadStages(RecipeMap root, RecipeFaults faults)
    {
        var stages = new List<RecipeStage>();
        if (root.Find(StagesKey)?.Value is not RecipeList { Items.Count: > 0 } list)
        {
            faults.Add(root.Find(StagesKey)?.KeyLocation ?? root.Location,
                "'stages' must be a list with at least one stage, each beginning '- stage: grpo' or another kind.");
            return stages;
        }
        for (int i = 0; i < list.Items.Count; i++)
        {
            if (list.Items[i] is not RecipeMap map || map.Find(RecipeStage.KindKey)?.Value is not RecipeScalar { IsNull: false } kind)
            {
                faults.Add(list.Items[i].Location, "a stage is a map with the key 'stage' that says what it does, for example '- stage: grpo'.");
                continue;
            }
            string name = RecipeStage.NameOf(map);
            RecipeLocation nameLocation = (map.Find(RecipeStage.NameKey)?.Value ?? kind).Location;
            if (!StageNamePattern().IsMatch(name))
                faults.Add(nameLocation, $"the stage's name is '{name}'; it names a folder and appears in paths: letters, digits, '-' and '_', " +
                    "beginning with a letter.");
            else if (stages.FirstOrDefault(stage => stage.Name == name) is { } same)
                faults.Add(nameLocation, $"two stages are called '{name}', the first at {same.Location}. Give one of them another 'name'.");
            stages.Add(new RecipeStage(i, kind.Text, name, kind.Location, map.Without(RecipeStage.KindKey, RecipeStage.NameKey)));
        }
        return stages;
    }

    private static bool IsOwn(string key) => OwnKeys.Contains(key);

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_-]{0,99}$", RegexOptions.CultureInvariant)]
    private static partial Regex StageNamePattern();

    private sealed record TopLevel
    {
        public string Name { get; init; } = "";

        public string? Description { get; init; }

        public long Seed { get; init; } = DefaultSeed;
    }
}
