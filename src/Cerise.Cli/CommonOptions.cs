using System.CommandLine;
using Cerise.Tensors;

namespace Cerise.Cli;

/// <summary>The flags that every verb has: <c>--threads N</c> and <c>--device cpu</c>.</summary>
internal static class CommonOptions
{
    private const string Threads = "--threads";
    private const int MostThreads = 1024;

    /// <summary>Gives a root command the flags, for itself and all its verbs.</summary>
    public static void AddTo(RootCommand root)
    {
        Option<int?> threads = Flag.Integer(Threads, "N", "threads that work; results do not depend on it (default: one a core)", 1, MostThreads);
        Option<string> device = Flag.Choice("--device", ["cpu"], "where to compute (default: cpu)");
        threads.Recursive = device.Recursive = true;
        root.Options.Add(threads);
        root.Options.Add(device);
    }

    /// <summary>How many threads work.</summary>
    public static int ThreadsOf(ParseResult flags) => flags.GetValue<int?>(Threads) ?? Environment.ProcessorCount;

    /// <summary>The device asked for.</summary>
    public static Device OpenDevice(ParseResult flags) => Device.Cpu(ThreadsOf(flags));
}
