using Cerise.Tensors.Autograd;
using Cerise.Tensors.Ops;

namespace Cerise.Tensors.Tests.Autograd;

public sealed class GraphTests
{
    [Fact]
    public void A_tensor_used_after_a_reset_says_so()
    {
        using Device device = Device.Cpu(1);
        using Graph graph = new(device, record: true);
        Tensor x = graph.Leaf([1, 2], new Shape(2));
        graph.Reset();
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => x.ToArray());
        Assert.Equal("a tensor [2] was used after its graph had taken the memory back: read what is needed before Reset, or before the end of its layer", error.Message);
        Assert.Throws<InvalidOperationException>(() => x.Exp());
        Assert.Null(x.Gradient);
    }

    [Fact]
    public void A_used_object_begins_its_next_life_without_traces_of_the_last()
    {
        using Device device = Device.Cpu(1);
        using Graph graph = new(device, record: true);
        Tensor leaf = graph.Leaf([1, 2], new Shape(2));
        graph.Backward(leaf.Dot([3, 4]));
        Assert.Equal([3, 4], leaf.Gradient!.ToArray());
        graph.Reset();
        graph.Reset();
        Tensor constant = graph.From([5]);
        Assert.Same(leaf, constant);
        Assert.False(constant.RequiresGrad);
        Assert.Null(constant.Gradient);
        Assert.False(constant.Exp().RequiresGrad);
    }

    [Fact]
    public void A_detached_tensor_shares_the_numbers_and_passes_no_gradient()
    {
        using Device device = Device.Cpu(1);
        using Graph graph = new(device, record: true);
        Tensor x = graph.Leaf([2], new Shape(1));
        Tensor loss = (x.Square().Detach() * x).Dot([1]);
        Assert.Equal(8, loss.Item());
        graph.Backward(loss);
        Assert.Equal([4], x.Gradient!.ToArray());
    }
}
