using System.Collections;

namespace Cerise.Training.Runs;

/// <summary>What a training step measured, by name, in the order added. Names are TRL's where TRL has one: <c>loss</c>, <c>reward</c>,
/// <c>rewards/accuracy/mean</c>, <c>kl</c>, <c>grad_norm</c>.</summary>
public sealed class StepMetrics : IEnumerable<KeyValuePair<string, double>>
{
    private readonly OrderedDictionary<string, double> _values = new(StringComparer.Ordinal);

    /// <summary>The number of values.</summary>
    public int Count => _values.Count;

    /// <summary>A value by name; setting a name that is there replaces its value in its place.</summary>
    /// <exception cref="KeyNotFoundException">Nothing of that name was measured.</exception>
    public double this[string name]
    {
        get => _values[name];
        set => _values[Checked(name)] = value;
    }

    /// <summary>Adds a value.</summary>
    /// <param name="name">Its name; not <c>stage</c> or <c>step</c>, which say where the value belongs.</param>
    /// <param name="value">Its value; may be infinite or not a number, which the log keeps as text.</param>
    /// <exception cref="ArgumentException">The name is there already or reserved.</exception>
    public void Add(string name, double value) => _values.Add(Checked(name), value);

    /// <summary>Adds all values of another set, such as a reward's to a step's.</summary>
    public void AddRange(IEnumerable<KeyValuePair<string, double>> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        foreach ((string name, double value) in values)
            Add(name, value);
    }

    /// <summary>Looks a value up.</summary>
    public bool TryGet(string name, out double value) => _values.TryGetValue(name, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, double>> GetEnumerator() => _values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static string Checked(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return name is "stage" or "step" ? throw new ArgumentException($"'{name}' names where a metric belongs, not a metric", nameof(name)) : name;
    }
}
