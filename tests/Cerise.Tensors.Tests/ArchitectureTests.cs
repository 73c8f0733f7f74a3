using System.Text.RegularExpressions;
using Cerise.Testing;

namespace Cerise.Tensors.Tests;

/// <summary>The order inside the engine: Numerics, Kernels, Devices on one side, Autograd, Ops on the other; they meet only in the face at the project's root.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly string[] Folders = ["Numerics", "Kernels", "Devices", "Autograd", "Ops"];

    [Theory]
    [InlineData("Numerics", "")]
    [InlineData("Kernels", "Numerics")]
    [InlineData("Devices", "Numerics Kernels")]
    [InlineData("Autograd", "")]
    [InlineData("Ops", "Autograd")]
    public void A_folder_uses_only_those_below_it(string folder, string below)
    {
        ArgumentNullException.ThrowIfNull(below);
        string[] allowed = [folder, .. below.Split(' ')];
        string[] files = Directory.GetFiles(Path.Combine(TestPaths.Repository, "src", "Cerise.Tensors", folder), "*.cs", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        foreach (string file in files)
            foreach (string line in File.ReadLines(file).Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal)))
                foreach (Match match in FolderName().Matches(line))
                    if (Folders.Contains(match.Value) && !allowed.Contains(match.Value))
                        Assert.Fail($"{folder}/{Path.GetFileName(file)} uses {match.Value}, which is not below {folder}: {line.Trim()}");
    }

    [Fact]
    public void The_engine_uses_nothing_but_the_framework() =>
        Assert.All(typeof(Tensor).Assembly.GetReferencedAssemblies(), name => Assert.StartsWith("System.", name.Name, StringComparison.Ordinal));

    // In "using Cerise.Tensors.Kernels;" and in "Kernels.MatMul".
    [GeneratedRegex(@"(?<=^using Cerise\.Tensors\.)\w+(?=;)|\b[A-Z]\w+(?=\.[A-Z])")]
    private static partial Regex FolderName();
}
