namespace Cerise.Training.Rewards;

/// <summary>A reward cannot be made or used as asked: an unknown name or setting, a bad value, a wrong number of scores. The message says how to fix it.</summary>
/// <remarks>A reward that fails on one completion is no exception but a counted error (<see cref="RewardComponent.Errors"/>).</remarks>
public sealed class RewardException : Exception
{
    /// <summary>What happened, where, and how to fix it.</summary>
    public RewardException(string message) : base(message)
    {
    }

    /// <summary>What happened, where, and how to fix it, with the cause.</summary>
    public RewardException(string message, Exception cause) : base(message, cause)
    {
    }
}
