using Cerise.Models.Generation;

namespace Cerise.Models.Tests.Generation;

internal static class GeneratorExtensions
{
    /// <summary>Generates under the running test's cancellation.</summary>
    public static IReadOnlyList<IReadOnlyList<Completion>> Sample(
        this Generator generator, IReadOnlyList<GenerationRequest> requests, SamplingOptions options,
        Action<int, int, Completion>? finished = null) =>
        generator.Generate(requests, options, finished, cancellation: TestContext.Current.CancellationToken);
}
