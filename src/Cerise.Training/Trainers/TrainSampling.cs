namespace Cerise.Training.Trainers;

/// <summary>The order in which examples are used.</summary>
public enum TrainSampling
{
    /// <summary>A new permutation every epoch.</summary>
    Random,

    /// <summary>The order of the data, every epoch: a curriculum, when the data is sorted from easy to hard (Bengio et al. 2009).</summary>
    Sequential,
}
