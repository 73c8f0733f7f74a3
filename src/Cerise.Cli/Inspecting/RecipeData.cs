using Cerise.Data.Conversations;
using Cerise.Data.Datasets;
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
                yield return Look(stage, sft.Model, sft.Data, new ChatTokenizerOptions { MaxLength = sft.MaxLength, CompletionOnlyLoss = sft.CompletionOnlyLoss }, null);
            else if (options[stage.Index] is GrpoStageOptions grpo)
                yield return Look(stage, grpo.Model, grpo.Data, new ChatTokenizerOptions { MaxLength = grpo.MaxPromptLength }, grpo.Template);
    }

    private (string Note, Inspection? Inspection) Look(RecipeStage stage, string model, string data, ChatTokenizerOptions options, string? question)
    {
        (string rows, RecipeStage? maker) = StageReference.Resolve(recipe, run, data);
        if (!File.Exists(rows))
            return ($"{stage.Title}: {data} {Absent(maker)}", null);
        (string folder, RecipeStage? teacher) = StageReference.Resolve(recipe, run, model);
        if (!Directory.Exists(folder))
            return ($"{stage.Title}: {data} is there, but not the tokenizer: {model} {Absent(teacher)}", null);
        (Data.Tokenizer? tokenizer, Data.ChatTemplate? template, ModelFacts facts) = DataInspector.Load(folder, null, null);
        var inspector = new DataInspector(tokenizer, template, facts) { Options = options };
        string title = $"{stage.Title}: {rows}";
        Inspection? inspection = question is null
            ? inspector.Inspect(title, DatasetReader.Read(rows), most)
            : inspector.InspectPrompts(title, DatasetReader.Read(rows), row => PromptTemplate.Fill(TemplateSetting.TextOf(question)!, row.GetString("question")), most);
        return (inspection is null ? $"{title} holds no conversations" : title, inspection);
    }

    private static string Absent(RecipeStage? maker) => maker is null ? "does not exist" : $"will be made by {maker.Title}";
}
