using System.Text.Json.Nodes;
using Cerise.Testing;

namespace Cerise.Data.Tests.Hostile;

/// <summary>A small tokenizer.json for every kind of part.</summary>
internal static class ReferenceFiles
{
    public static IEnumerable<string> Examples()
    {
        JsonObject golden = JsonNode.Parse(File.ReadAllText(
            Path.Combine(TestPaths.Repository, "tests", "Cerise.Data.Tests", "Tokenizers", "Reference", "components.json")))!.AsObject();
        foreach (JsonNode? entry in golden["cases"]!.AsArray())
        {
            JsonObject file = golden["bases"]![(string)entry!["base"]!]!.DeepClone().AsObject();
            foreach ((string key, JsonNode? value) in entry["parts"]!.AsObject())
                if (key == "model")
                    foreach ((string setting, JsonNode? changed) in value!.AsObject())
                        file["model"]![setting] = changed?.DeepClone();
                else
                    file[key] = value?.DeepClone();
            yield return file.ToJsonString();
        }
    }
}
