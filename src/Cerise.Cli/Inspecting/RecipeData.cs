using Cerise.Data.Conversations;
using Cerise.Data.Datasets;
using Cerise.Models.Configs;
using Cerise.Training.Recipes;
using Cerise.Training.Stages;
using Cerise.Training.Tasks;

namespace Cerise.Cli.Inspecting;

/// <summary>The data of a recipe's stages, as far as they are there.</summary>
/// <param name="recipe">The recipe.</param>
/// <param name="run">The run's folder, where earlier stages' results may lie.</param>
/// <param name="most">Rows to show of each stage.</param>
internal sealed class RecipeData(RecipeDocument recipe, string run, int most)
{
    /// <summary>What to say, or to show, of each stage that trains on rows.</summary>
    /// <returns>For each: a note, and the rows where they are there.</returns>
    public IEnumerable<(string Note, Inspection? Inspection)> Stages(IReadOnlyList<object> options)
    {
        foreach (RecipeStage stage in recipe.Stages)
            if (options[stage.Index] is SftStageOptions sft)
                yield return Look(stage, sft.Model, sft.Data, (folder, rows, title) => Examples(sft, folder, rows, title));
            else if (options[stage.Index] is GrpoStageOptions grpo)
                yield return Look(stage, grpo.Model, grpo.Data, (folder, rows, title) => Prompts(grpo, folder, rows, title));
    }

    private (string Note, Inspection? Inspection) Look(RecipeStage stage, string model, string data, Func<string, string, string, Inspection?> inspect)
    {
        (string rows, RecipeStage? maker) = StageReference.Resolve(recipe, run, data);
        if (!File.Exists(rows))
            return ($"{stage.Title}: {data} {Absent(maker)}", null);
        (string folder, RecipeStage? teacher) = StageReference.Resolve(recipe, run, model);
        if (!Directory.Exists(folder))
            return ($"{stage.Title}: {data} is there, but not the tokenizer: {model} {Absent(teacher)}", null);
        string title = $"{stage.Title}: {rows}";
        Inspection? inspection = inspect(folder, rows, title);
        return (inspection is null ? $"{title} holds no conversations" : title, inspection);
    }

    private Inspection? Examples(SftStageOptions options, string folder, string rows, string title)
    {
        var source = ModelSource.Find(folder, options.Adapter.Length > 0 ? StageReference.Resolve(recipe, run, options.Adapter).Path : null);
        var text = ModelText.Load(source, options.ChatTemplate, options.EosToken);
        int context = options.ContextOf(ModelConfig.Load(source.Model));
        var inspector = new DataInspector(text, ModelFacts.Of(source.Model, text.Tokenizer)) { Options = options.TokenizerOptions(context) };
        return inspector.Inspect(title, DatasetReader.Read(rows, new ReadOptions { Columns = new ColumnMap(options.Columns) }), most);
    }

    private Inspection? Prompts(GrpoStageOptions options, string folder, string rows, string title)
    {
        (ModelText? text, ModelFacts facts) = DataInspector.Load(folder, null, null);
        var inspector = new DataInspector(text, facts) { Options = new ChatTokenizerOptions { MaxLength = options.MaxPromptLength } };
        Func<Row, string>? question = TemplateSetting.TextOf(options.Template) is { } template ? row => PromptTemplate.Fill(template, row.GetString("question")) : null;
        return inspector.InspectPrompts(title, DatasetReader.Read(rows), question, most);
    }

    private static string Absent(RecipeStage? maker) => maker is null ? "does not exist" : $"will be made by {maker.Title}";
}
