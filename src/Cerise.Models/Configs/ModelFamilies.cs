namespace Cerise.Models.Configs;

/// <summary>The families that can be loaded; a new one is a file that implements <see cref="IModelFamily"/> and a line here.</summary>
internal static class ModelFamilies
{
    public static IReadOnlyList<IModelFamily> All { get; } =
    [
        new LlamaFamily(),
        new Qwen2Family(),
        new Qwen3Family(),
        new Phi3Family(),
        new SmolLm3Family(),
        new Olmo2Family(),
        new Gpt2Family(),
        new MistralFamily(),
        new Gemma2Family(),
        new Gemma3TextFamily(),
        new Gemma3Family(),
    ];

    public static IModelFamily? Find(string modelType) => All.FirstOrDefault(family => family.ModelType == modelType);
}
