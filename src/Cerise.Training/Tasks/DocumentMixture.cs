using Cerise.Tensors;

namespace Cerise.Training.Tasks;

/// <summary>The shares of styles and formats in a corpus, as weights: at least 0, of any sum. Style and format are drawn independently.</summary>
/// <remarks>The defaults make a base model that mostly answers at once and knows working step by step as a rare habit, for reinforcement learning to bring out.</remarks>
public sealed record DocumentMixture
{
    /// <summary>Weight of <see cref="DocumentStyle.Direct"/>. Default 0.7.</summary>
    public double Direct { get; init; } = 0.7;

    /// <summary>Weight of <see cref="DocumentStyle.Partial"/>. Default 0.1.</summary>
    public double Partial { get; init; } = 0.1;

    /// <summary>Weight of <see cref="DocumentStyle.Worked"/>. Default 0.2.</summary>
    public double Worked { get; init; } = 0.2;

    /// <summary>Weight of <see cref="DocumentStyle.Textbook"/>. Default 0: no schoolbook.</summary>
    public double Textbook { get; init; }

    /// <summary>Weight of <see cref="DocumentFormat.Tags"/>. Default 0.5.</summary>
    public double Tags { get; init; } = 0.5;

    /// <summary>Weight of <see cref="DocumentFormat.NoThink"/>. Default 0.2.</summary>
    public double NoThink { get; init; } = 0.2;

    /// <summary>Weight of <see cref="DocumentFormat.OpenThink"/>. Default 0.1.</summary>
    public double OpenThink { get; init; } = 0.1;

    /// <summary>Weight of <see cref="DocumentFormat.Plain"/>. Default 0.2.</summary>
    public double Plain { get; init; } = 0.2;

    /// <summary>What is wrong with the weights, each fault a sentence; empty where nothing is.</summary>
    internal IEnumerable<string> Faults()
    {
        if (Styles.Concat(Formats).Any(weight => !(weight >= 0 && double.IsFinite(weight))))
            yield return "the mixture has a weight that is negative or not finite";
        if (Styles.Sum() == 0)
            yield return "the weights of direct, partial, worked and textbook are all 0";
        if (Formats.Sum() == 0)
            yield return "the weights of tags, no_think, open_think and plain are all 0";
    }

    private double[] Styles => [Direct, Partial, Worked, Textbook];

    private double[] Formats => [Tags, NoThink, OpenThink, Plain];

    /// <summary>Draws a style.</summary>
    internal DocumentStyle DrawStyle(RandomStream random) => (DocumentStyle)Draw(Styles, random);

    /// <summary>Draws a format.</summary>
    internal DocumentFormat DrawFormat(RandomStream random) => (DocumentFormat)Draw(Formats, random);

    private static int Draw(double[] weights, RandomStream random)
    {
        double place = random.Uniform() * weights.Sum();
        int last = Array.FindLastIndex(weights, weight => weight > 0);
        for (int i = 0; i < last; i++)
            if ((place -= weights[i]) < 0)
                return i;
        return last;
    }
}
