namespace Cerise.Tensors;

/// <summary>How long a device has spent in one kernel since its clock was last set to zero.</summary>
/// <param name="Kernel">Its name, such as <c>MatMul.Forward</c>.</param>
/// <param name="Calls">How often it ran.</param>
/// <param name="Seconds">Wall time from the start of a call to the end of its last worker.</param>
public readonly record struct KernelTime(string Kernel, long Calls, double Seconds);
