using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Cerise.Tensors.Tests.Numerics;

/// <summary>Kernels and exactness as on machines with fewer instructions: this assembly once more as a child process with some of them switched off.</summary>
public sealed partial class SimdFallBackTests
{
    [Theory]
    [InlineData("DOTNET_EnableAVX512")]
    [InlineData("DOTNET_EnableAVX2")]
    [InlineData("DOTNET_EnableHWIntrinsic")]
    public async Task Kernels_are_right_and_exact_with_instructions_switched_off(string instructions)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
            start.ArgumentList.Add(typeof(SimdFallBackTests).Assembly.Location);
        const string tests = "Cerise.Tensors.Tests";
        foreach (string argument in (string[])["-noColor", "-namespace", $"{tests}.Kernels", "-namespace", $"{tests}.Numerics", "-namespace", $"{tests}.Exactness", "-class-", $"{typeof(SimdFallBackTests)}"])
            start.ArgumentList.Add(argument);
        start.Environment[instructions] = "0";
        start.Environment[Levels.WidestOnly] = "1";
        using Process child = Process.Start(start)!;
        Task<string> errors = child.StandardError.ReadToEndAsync(cancellation);
        string output = await child.StandardOutput.ReadToEndAsync(cancellation);
        await child.WaitForExitAsync(cancellation);
        Match summary = Summary().Match(output);
        string report = $"{instructions}=0 ended with {child.ExitCode}:\n{output}\n{await errors}";
        Assert.True(child.ExitCode == 0 && summary.Success, report);
        Assert.True(summary.Groups["bad"].Value == "Errors: 0, Failed: 0, Skipped: 0", report);
        Assert.InRange(int.Parse(summary.Groups["total"].Value, CultureInfo.InvariantCulture), 90, int.MaxValue);
    }

    [GeneratedRegex(@"Total: (?<total>\d+), (?<bad>Errors: \d+, Failed: \d+, Skipped: \d+)")]
    private static partial Regex Summary();
}
