namespace Cerise.Models.Generation;

/// <summary>A request's guide, whose failure ends that request and no other.</summary>
internal sealed class GuardedGuide : ICompletionGuide
{
    private readonly GenerationStream _stream;
    private readonly ICompletionGuide? _guide;

    /// <param name="make">Makes the guide.</param>
    /// <param name="stream">Told about a failure.</param>
    public GuardedGuide(Func<ICompletionGuide> make, GenerationStream stream)
    {
        _stream = stream;
        try
        {
            _guide = make();
        }
        catch (Exception error)
        {
            stream.GuideFault = error;
        }
    }

    public bool Constrain(Span<ulong> allowed)
    {
        try
        {
            return _stream.GuideFault is null && _guide!.Constrain(allowed);
        }
        catch (Exception error)
        {
            _stream.GuideFault = error;
            return false;
        }
    }

    public bool Append(int id)
    {
        try
        {
            return _stream.GuideFault is not null || _guide!.Append(id);
        }
        catch (Exception error)
        {
            _stream.GuideFault = error;
            return true;
        }
    }
}
