namespace Cerise.Studio.Wire;

/// <summary>The client does not read its answer, and its connection was ended.</summary>
/// <param name="cause">What showed it.</param>
internal sealed class ClientLeftException(Exception cause) : OperationCanceledException("the client does not read its answer", cause);
