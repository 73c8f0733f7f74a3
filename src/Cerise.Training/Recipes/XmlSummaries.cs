using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace Cerise.Training.Recipes;

/// <summary>The summaries of an assembly's members, from the XML documentation file beside it.</summary>
internal sealed partial class XmlSummaries
{
    private readonly Dictionary<string, XElement> _summaries;

    private XmlSummaries(Dictionary<string, XElement> summaries) => _summaries = summaries;

    /// <summary>Reads the file; an absent or unreadable one has no summaries.</summary>
    public static XmlSummaries Of(Assembly assembly)
    {
        var summaries = new Dictionary<string, XElement>(StringComparer.Ordinal);
        string path = Path.ChangeExtension(assembly.Location, ".xml");
        if (path.Length > 0 && File.Exists(path))
        {
            try
            {
                foreach (XElement member in XDocument.Load(path).Descendants("member"))
                {
                    if (member.Attribute("name")?.Value is { } name && member.Element("summary") is { } summary)
                        summaries[name] = summary;
                }
            }
            catch (Exception error) when (error is XmlException or IOException or UnauthorizedAccessException)
            {
                summaries.Clear();                                          // help without descriptions is better than no help
            }
        }
        return new XmlSummaries(summaries);
    }

    /// <summary>A property's summary as one line of plain text; references read as recipe keys.</summary>
    public string Find(PropertyInfo property)
    {
        string id = $"P:{property.DeclaringType!.FullName!.Replace('+', '.')}.{property.Name}";
        return _summaries.TryGetValue(id, out XElement? summary) ? Spaces().Replace(string.Concat(summary.Nodes().Select(Text)), " ").Trim() : "";
    }

    private static string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { IsEmpty: false } element => string.Concat(element.Nodes().Select(Text)),
        XElement element when element.Attribute("cref")?.Value is { } cref => cref.StartsWith("P:", StringComparison.Ordinal)
            ? SnakeCase.From(cref[(cref.LastIndexOf('.') + 1)..])
            : cref[(cref.LastIndexOfAny([':', '.']) + 1)..],
        XElement element => element.FirstAttribute?.Value ?? "",
        _ => "",
    };

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Spaces();
}
