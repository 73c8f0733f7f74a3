using Cerise.Training.Trainers;

namespace Cerise.Training.Tests.Trainers;

public class RolloutCheckTests
{
    private static readonly GrpoBatch Batch = new([Toy.Rollout(0, 2, logProb: -1), Toy.Rollout(0, 3, logProb: -2)], [1, -1], new GrpoOptions());

    [Fact]
    public void The_recorded_bits_pass()
    {
        RolloutCheck.Require(Batch, [0, 1], [-1, -1, -2, -2, -2]);
        RolloutCheck.Require(Batch, [1], [-2, -2, -2]);
    }

    [Fact]
    public void One_bit_less_is_refused_with_its_place()
    {
        float near = MathF.BitDecrement(-2);
        TrainingException error = Assert.Throws<TrainingException>(() => RolloutCheck.Require(Batch, [0, 1], [-1, -1, -2, near, -2]));
        Assert.Equal(
            "rollout and trainer disagree: token 1 of completion 1 had log-probability -2 when sampled and has -2.0000002 in training. "
            + "This is a bug in Cerise, please report it with the run's environment.json",
            error.Message);
    }

    [Fact]
    public void A_NaN_is_no_agreement() => Assert.Throws<TrainingException>(() => RolloutCheck.Require(Batch, [0], [-1, float.NaN]));
}
