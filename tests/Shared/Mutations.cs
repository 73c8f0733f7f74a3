using System.Globalization;
using System.Text;

namespace Cerise.Testing;

/// <summary>
/// Gives a reader thousands of damaged examples: each is read, or refused with the exception that the reader documents, soon and in bounded memory.
/// CONTRIBUTING.md says how to run more of them, and how to repeat one.
/// </summary>
/// <param name="format">What is damaged, for messages.</param>
/// <param name="documented">The exceptions that a caller is told to expect.</param>
internal sealed class Mutations(string format, params Type[] documented)
{
    private const ulong Seed = 4;
    private const int MostFailures = 8;
    private const int MostCharacters = 20_000;
    private const int ThreadStackBytes = 1 << 20;

    /// <summary>A case that takes longer has hung, whatever the machine is busy with.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly List<string> _failures = [];
    private readonly HashSet<string> _kinds = [];
    private byte[] _file = [];
    private long _case;
    private int _refused, _read;
    private long _mostBytes, _largestCase, _longestCase;
    private TimeSpan _longest;

    /// <summary>Bytes that one case may allocate in all.</summary>
    public long MaxBytes { get; init; } = 32 << 20;

    /// <summary>Fragments of the format.</summary>
    public Mutator Mutator { get; init; } = new();

    /// <summary>How often in a hundred the damage leaves JSON that is JSON; the rest damages bytes.</summary>
    public int StructuredShare { get; init; } = 50;

    /// <summary>Damages the examples in turn.</summary>
    /// <param name="examples">Whole small files.</param>
    /// <param name="share">Cases when nothing else is asked for.</param>
    /// <param name="read">Reads a damaged file, and uses what was read as a program would.</param>
    public void Run(IReadOnlyList<byte[]> examples, int share, Action<byte[]> read) =>
        Run(share, dice =>
        {
            byte[] example = dice.Pick(examples), other = dice.Pick(examples);
            byte[]? damaged = dice.Chance(StructuredShare) ? JsonMutator.Damage(example, other, dice) : null;
            return damaged is null || dice.Chance(15) ? Mutator.Damage(damaged ?? example, other, dice) : damaged;
        }, read);

    /// <summary>Runs cases that the caller makes.</summary>
    public void Run(int share, Func<Dice, byte[]> make, Action<byte[]> read)
    {
        long first = Setting("CERISE_MUTATION", 0), count = Setting("CERISE_MUTATIONS", share);
        // A thread of its own: a small stack finds recursion without bound, and a case that hangs can be named.
        var thread = new Thread(() => Cases(first, count, make, read), ThreadStackBytes) { IsBackground = true };
        thread.Start();
        for (long seen = -1; !thread.Join(Patience); seen = Volatile.Read(ref _case))
            if (Volatile.Read(ref _case) == seen)
                Assert.Fail($"{Name(seen)} has not ended after {Patience.TotalSeconds:0} seconds\n{Begin(_file)}");
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{format}: {count} cases, {_refused} refused, {_read} read, at most {_mostBytes >> 10} KiB allocated (by {_largestCase}), at most {_longest.TotalMilliseconds:0} ms of processor time (by {_longestCase})"));
        Assert.True(_failures.Count == 0, string.Join("\n\n", _failures));
        if (count >= share)
            Assert.True(_refused > 0 && _read > 0, $"{format}: {_refused} refused, {_read} read: damage that is always, or never, noticed tests little");
    }

    private void Cases(long first, long count, Func<Dice, byte[]> make, Action<byte[]> read)
    {
        for (long number = first; number < first + count && _failures.Count < MostFailures; number++)
        {
            Volatile.Write(ref _case, number);
            byte[] file = _file = make(new Dice(Seed, number));
            long before = GC.GetAllocatedBytesForCurrentThread();
            TimeSpan start = Environment.CpuUsage.TotalTime;
            try
            {
                read(file);
                _read++;
            }
            catch (Exception error)
            {
                _refused++;
                if (Fault(error) is { } fault)
                    Fail(number, file, fault, error);
            }
            if (Environment.CpuUsage.TotalTime - start is var time && time > _longest)
                (_longest, _longestCase) = (time, number);
            long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            if (bytes > _mostBytes)
                (_mostBytes, _largestCase) = (bytes, number);
            if (bytes > MaxBytes)
                Fail(number, file, $"allocated {bytes} bytes; at most {MaxBytes} are allowed", null);
        }
    }

    /// <summary>What is wrong with how a file was refused, or null.</summary>
    private string? Fault(Exception error) =>
        !documented.Contains(error.GetType()) ? $"raised {error.GetType().Name}, which is not documented"
        : string.IsNullOrWhiteSpace(error.Message) || error.Message.Contains("   at ", StringComparison.Ordinal) ? "was refused with no message for people"
        : error.Message.Length > MostCharacters ? $"was refused with a message of {error.Message.Length} characters"
        : null;

    private void Fail(long number, byte[] file, string fault, Exception? error)
    {
        string[] frames = [.. (error?.StackTrace ?? "").Split('\n').Where(frame => frame.Contains(" Cerise.", StringComparison.Ordinal))];
        if (_kinds.Add($"{fault[..Math.Min(20, fault.Length)]} {error?.GetType().Name} {frames.FirstOrDefault()}"))
            _failures.Add($"{Name(number)}: {fault}\n{error?.Message[..Math.Min(300, error.Message.Length)]}\n{string.Join('\n', frames.Take(8))}\n{Begin(file)}");
    }

    private static string Begin(byte[] file) => Encoding.Latin1.GetString(file.AsSpan(0, Math.Min(file.Length, 2000)));

    private string Name(long number) => string.Create(CultureInfo.InvariantCulture, $"{format}: case {number} of seed {Seed} (CERISE_MUTATION={number} CERISE_MUTATIONS=1 repeats it)");

    private static long Setting(string name, long otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? long.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
