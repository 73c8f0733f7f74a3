using System.Text.Json;

namespace Cerise.Training.Tests.Verifiers;

internal static class NoColumns
{
    public static IReadOnlyDictionary<string, JsonElement> Value { get; } = new Dictionary<string, JsonElement>();
}
