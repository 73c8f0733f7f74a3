using System.Text;
using Cerise.Testing;
using Cerise.Training.Recipes;

namespace Cerise.Training.Tests.Recipes;

public sealed class RecipeDocumentTests
{
    private const string Two = """
        name: zero
        seed: 3
        model:
        lr: 1e-5
        stages:
          - stage: sft
            name: warm
            learning_rate: ${lr}
          - stage: grpo
            model: ${model}/x
            reward_weights: ["${lr}", 2]
        """;

    private static RecipeException Fault(string text, params string[] overrides) =>
        Assert.Throws<RecipeException>(() => RecipeDocument.Parse(text, "r.yaml", overrides));

    private static string Minimal(string stage) => $"stages:\n  - stage: grpo\n    {stage}\n";

    [Fact]
    public void Stages_come_with_kind_name_and_settings()
    {
        RecipeDocument recipe = RecipeDocument.Parse(Two, "r.yaml", ["model=dir"]);
        Assert.Equal(("zero", 3L), (recipe.Name, recipe.Seed));
        Assert.Equal([("sft", "warm"), ("grpo", "grpo")], recipe.Stages.Select(stage => (stage.Kind, stage.Name)));
        Assert.Equal(1e-5, recipe.Stages[0].Bind<SampleOptions>().LearningRate);
        Assert.Equal("dir/x", recipe.Stages[1].Bind<SampleOptions>().Model);
        Assert.Equal([1e-5, 2], recipe.Stages[1].Bind<SampleOptions>().RewardWeights);
    }

    [Fact]
    public void Name_and_seed_have_defaults()
    {
        RecipeDocument recipe = RecipeDocument.Parse(Minimal("max_steps: 1"), "recipes/my-run.yaml");
        Assert.Equal(("my-run", 42L), (recipe.Name, recipe.Seed));
    }

    [Fact]
    public void Overrides_reach_stages_by_name_by_number_and_below()
    {
        RecipeDocument recipe = RecipeDocument.Parse(Two, "r.yaml",
            ["seed=9", "lr=1e-3", "model=a/b", "stages.grpo.max_steps=7", "stages.0.lora.rank=2", "stages.grpo.stop=[x, \"y\"]", "stages.1.reward_weights.1=5", "stages.warm.output=a=b"]);
        SampleOptions warm = recipe.Stages[0].Bind<SampleOptions>();
        SampleOptions grpo = recipe.Stages[1].Bind<SampleOptions>();
        Assert.Equal(9, recipe.Seed);
        Assert.Equal((1e-3, 2, 16, "a=b"), (warm.LearningRate, warm.Lora.Rank, warm.Lora.Alpha, warm.Output));
        Assert.Equal((7, "a/b/x"), (grpo.MaxSteps, grpo.Model));
        Assert.Equal(["x", "y"], grpo.Stop);
        Assert.Equal([1e-3, 5], grpo.RewardWeights);
    }

    [Fact]
    public void A_mistyped_override_names_the_flag()
    {
        RecipeDocument recipe = RecipeDocument.Parse(Two, "r.yaml", ["model=m", "stages.grpo.learning_rate=fast"]);
        var error = Assert.Throws<RecipeException>(() => recipe.Stages[1].Bind<SampleOptions>());
        Assert.Equal("--set stages.grpo.learning_rate=fast: stage 'grpo': learning_rate is 'fast'; expected a number, such as the default 1e-6.", error.Message);
    }

    [Theory]
    [InlineData("stages.gpro.max_steps=1", "--set stages.gpro.max_steps=1: unknown stage 'gpro'; did you mean 'grpo'? (known: warm, grpo); or use a number from 0 to 1.")]
    [InlineData("stages.2.max_steps=1", "unknown stage '2'")]
    [InlineData("modle=x", "--set modle=x: unknown key 'modle'; did you mean 'model'? (known: name, seed, model, lr, stages, description).")]
    [InlineData("model", "--set model: an override is path=value, for example")]
    [InlineData("stages.grpo=1", "name the stage and the key")]
    [InlineData("stages.grpo.reward_weights.9=1", "'9' is no place in the list at r.yaml:11:21, which has 2 items; use a number from 0.")]
    [InlineData("stages.warm.learning_rate.x=1", "'stages.warm.learning_rate' is a single value at r.yaml:8:20; it has no key 'x'.")]
    [InlineData("stages.grpo.stop=[a", "--set stages.grpo.stop=[a: ")]
    public void An_override_that_leads_nowhere_says_where_it_could_lead(string text, string fault) => Assert.Contains(fault, Fault(Two, "model=m", text).Message, StringComparison.Ordinal);

    [Fact]
    public void A_variable_without_value_says_how_to_give_it_one() =>
        Assert.Equal("r.yaml:10:12: ${model} has no value. Give it one with --set model=VALUE, or write it at r.yaml:3:1.", Fault(Two).Message);

    [Theory]
    [InlineData("model: ${nodel}", "unknown variable 'nodel'")]
    [InlineData("output: a ${b c} d", "'${' begins a reference")]
    [InlineData("output: a ${", "'${' begins a reference")]
    [InlineData("output: ${stages}", "unknown variable 'stages'")]
    public void A_reference_that_leads_nowhere_is_a_fault(string stage, string fault) => Assert.Contains(fault, Fault(Minimal(stage)).Message, StringComparison.Ordinal);

    [Fact]
    public void References_in_a_circle_are_a_fault() =>
        Assert.Contains("${a} refers to itself: a -> b -> a", Fault("a: x${b}\nb: y${a}\nstages:\n  - stage: sft\n    model: ${a}").Message, StringComparison.Ordinal);

    [Fact]
    public void A_reference_takes_lists_and_maps_whole_but_not_into_a_text()
    {
        const string text = "rs: [3, 4]\nl: {rank: 5}\nstages:\n  - stage: sft\n    reward_weights: ${rs}\n    lora: ${l}\n    output: $${rs} ${name}";
        SampleOptions options = RecipeDocument.Parse(text, "r.yaml").Stages[0].Bind<SampleOptions>();
        Assert.Equal([3, 4], options.RewardWeights);
        Assert.Equal(5, options.Lora.Rank);
        Assert.Contains("is a list or a map", Fault(text.Replace("$${rs}", "a ${rs}", StringComparison.Ordinal)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_top_level_key_that_nothing_uses_is_a_fault_with_the_nearest_known_one()
    {
        string message = Fault("sead: 3\n" + Minimal("max_steps: 1")).Message;
        Assert.Equal("r.yaml:1:1: unknown key 'sead'; did you mean 'seed'? (known: name, description, seed, stages), and no value uses it as ${sead}.", message);
    }

    [Fact]
    public void Settings_the_caller_knows_are_handed_over()
    {
        RecipeDocument recipe = RecipeDocument.Parse("epochs: 4\n" + Minimal("max_steps: 1"), "r.yaml", ["model=m"], ["epochs", "model"]);
        RequiredOptions settings = OptionsBinder.Bind<RequiredOptions>(recipe.Settings);
        Assert.Equal(("m", 4), (settings.Model, settings.Epochs));
        string resolved = recipe.Resolve([recipe.Stages[0].Bind<SampleOptions>()], settings);
        Assert.Equal(4, OptionsBinder.Bind<RequiredOptions>(RecipeDocument.Parse(resolved, "r", null, ["epochs", "model"]).Settings).Epochs);
    }

    [Theory]
    [InlineData("", "a recipe is a map with 'name', 'seed' and 'stages'; this is empty.")]
    [InlineData("- a", "this is something else")]
    [InlineData("name: x", "'stages' must be a list with at least one stage")]
    [InlineData("stages: []", "'stages' must be a list with at least one stage")]
    [InlineData("stages:\n  - name: x", "r.yaml:2:5: a stage is a map with the key 'stage'")]
    [InlineData("stages:\n  - stage: a\n  - stage: a", "r.yaml:3:12: two stages are called 'a', the first at r.yaml:2:12. Give one of them another 'name'.")]
    [InlineData("stages:\n  - stage: a\n    name: ../x", "r.yaml:3:11: the stage's name is '../x'")]
    [InlineData("name: a/b\nstages:\n  - stage: a", "r.yaml:1:7: name is 'a/b'; it names the run folder")]
    [InlineData("seed: x\nstages:\n  - stage: a", "r.yaml:1:7: seed is 'x'; expected a whole number, such as the default 42.")]
    [InlineData("seed: 1\nseed: 2\nstages:\n  - stage: a", "r.yaml:2:1: key 'seed' is given twice, first at r.yaml:1:1. Keep one.")]
    [InlineData("stages:\n  - stage: &x a\n    name: *x", "r.yaml:2:12: anchors (&name) are not used in recipes")]
    [InlineData("stages:\n  - stage: !!str a", "tags (tag:yaml.org,2002:str) are not used in recipes")]
    [InlineData("stages:\n  - stage: a\n---\nstages: []", "r.yaml:3:1: a second document begins")]
    [InlineData("stages:\n  - stage: \"a", "not valid YAML")]
    [InlineData("stages:\n\t- stage: a", "not valid YAML")]
    [InlineData("stages: [a, b", "not valid YAML")]
    [InlineData("? [a]\n: b\nstages:\n  - stage: a", "a key is a single word")]
    public void A_faulty_recipe_is_refused_with_line_and_column(string text, string fault) => Assert.Contains(fault, Fault(text).Message, StringComparison.Ordinal);

    [Fact]
    public void Deep_nesting_is_bounded() => Assert.Contains("nested more than 32 deep", Fault("x: " + new string('[', 100_000)).Message, StringComparison.Ordinal);

    [Fact]
    public void The_number_of_values_is_bounded() =>
        Assert.Contains("more than 50000 values", Fault("x: [" + string.Join(", ", Enumerable.Repeat("1", 60_000)) + "]").Message, StringComparison.Ordinal);

    [Fact]
    public void References_cannot_be_used_to_fill_the_memory()
    {
        string lists = string.Concat(Enumerable.Range(0, 40).Select(i => $"v{i}: [\"${{v{i + 1}}}\", \"${{v{i + 1}}}\"]\n")) + "v40: x\n";
        Assert.Contains("do variables repeat each other?", Fault(lists + Minimal("model: ${v0}")).Message, StringComparison.Ordinal);
        string texts = string.Concat(Enumerable.Range(0, 30).Select(i => $"v{i}: \"{string.Concat(Enumerable.Repeat($"${{v{i + 1}}}", 30))}\"\n")) + "v30: xxxxxxxxxxxxxxxxxxxx\n";
        Assert.Contains("do variables repeat each other?", Fault(texts + Minimal("model: ${v0}")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_one_clear_message()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string path = folder.File("r.yaml");
        Assert.Contains("there is no such recipe", Assert.Throws<RecipeException>(() => RecipeDocument.Load(path)).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be read", Assert.Throws<RecipeException>(() => RecipeDocument.Load(folder.Path)).Message, StringComparison.Ordinal);
        File.WriteAllBytes(path, [0xFF, 0xFE, 0x00]);
        Assert.Contains("is not UTF-8 text", Assert.Throws<RecipeException>(() => RecipeDocument.Load(path)).Message, StringComparison.Ordinal);
        File.WriteAllBytes(path, new byte[2_000_000]);
        Assert.Contains("2000000 bytes; a recipe is a text file", Assert.Throws<RecipeException>(() => RecipeDocument.Load(path)).Message, StringComparison.Ordinal);
        File.WriteAllText(path, "\uFEFF" + Minimal("max_steps: 1"), Encoding.UTF8);
        Assert.Single(RecipeDocument.Load(path).Stages);
    }

    [Fact]
    public void Damaged_text_raises_nothing_but_recipe_exceptions()
    {
        const string letters = "${}[]:,-#&*!|>'\"%@`\\\n\t ~ab01.\u0000\uFFFE";
        var random = Cerise.Tensors.Seed.From(5).Fork("damage").Stream();
        int refused = 0;
        for (int i = 0; i < 5_000; i++)
        {
            char[] text = Two.ToCharArray();
            int edits = random.Between(1, 4);
            for (int edit = 0; edit < edits; edit++)
                text[random.Between(0, text.Length - 1)] = letters[random.Between(0, letters.Length - 1)];
            try
            {
                foreach (RecipeStage stage in RecipeDocument.Parse(new string(text), "r.yaml", ["model=m"]).Stages)
                    stage.Bind<SampleOptions>();
            }
            catch (RecipeException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 2_000, 5_000);
    }
}
