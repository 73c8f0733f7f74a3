namespace Cerise.Data.Tests.Grammars;

/// <summary>Numbers that repeat with their seed.</summary>
internal sealed class TinyRandom(int seed)
{
    private ulong _state = ((ulong)seed * 0x9E3779B97F4A7C15) + 1;

    public int Below(int bound)
    {
        _state = (_state * 6364136223846793005) + 1442695040888963407;
        return (int)((_state >> 33) % (ulong)bound);
    }
}
