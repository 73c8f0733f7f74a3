using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cerise.Training.Benchmarks.Pages;

/// <summary>What another program was measured at, doing the same work on the same kind of machine.</summary>
/// <param name="Peer">The program and how it was built.</param>
/// <param name="What">Kind of work, as <c>bench</c> names it.</param>
/// <param name="Config">The model.</param>
/// <param name="Batch">Sequences at once.</param>
/// <param name="TokensPerSecond">Tokens a second.</param>
internal sealed record PeerResult(
    string Peer, string What, string Config, int Batch, [property: JsonPropertyName("tokens_per_s")] double TokensPerSecond)
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>Threads it used; null where that is not known.</summary>
    public int? Threads { get; init; }

    /// <summary>Reads JSON lines.</summary>
    /// <exception cref="TrainingException">A line is something else.</exception>
    public static IReadOnlyList<PeerResult> Read(IEnumerable<string> lines, string file)
    {
        List<PeerResult> peers = [];
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            try
            {
                peers.Add(JsonSerializer.Deserialize<PeerResult>(line, Options) ?? throw new JsonException("it is null"));
            }
            catch (JsonException error)
            {
                throw new TrainingException(string.Create(CultureInfo.InvariantCulture, $"{file}:{number}: not a peer's result: {error.Message}"), error);
            }
        }
        return peers;
    }
}
