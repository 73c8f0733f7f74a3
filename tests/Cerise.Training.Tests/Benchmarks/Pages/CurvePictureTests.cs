using System.Globalization;
using System.Xml.Linq;
using Cerise.Training.Benchmarks.Pages;
using Cerise.Training.Runs.Reports;

namespace Cerise.Training.Tests.Benchmarks.Pages;

public sealed class CurvePictureTests
{
    [Fact]
    public void Equal_factors_are_equal_distances_on_a_logarithmic_axis()
    {
        var curve = new CurveSeries("a < b", [new CurvePoint(1, 10), new CurvePoint(2, 20), new CurvePoint(4, 40)]);
        var picture = XDocument.Parse(new CurvePicture("title", "x", "y", [curve]) { IsLogarithmicY = true }.Render());
        XElement[] points = [.. picture.Root!.Elements().Where(element => element.Name.LocalName == "circle")];
        double[] x = [.. points.Select(point => Place(point, "cx"))], y = [.. points.Select(point => Place(point, "cy"))];
        Assert.Equal(x[1] - x[0], x[2] - x[1], 0.11);
        Assert.Equal(y[1] - y[0], y[2] - y[1], 0.11);
        Assert.True(x[0] < x[1] && y[0] > y[1]);
        Assert.Contains("a < b", picture.Root.Elements().Select(element => element.Value));
    }

    private static double Place(XElement point, string name) => double.Parse(point.Attribute(name)!.Value, CultureInfo.InvariantCulture);
}
