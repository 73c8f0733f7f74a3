using System.Text.RegularExpressions;
using Cerise.Testing;

namespace Cerise.Cli.Tests.Docs;

/// <summary>A folder of a project, and the folders of the same project that its code uses.</summary>
/// <param name="Name">The folder's name; "(root)" for the project's root.</param>
/// <param name="Uses">Names of folders, sorted.</param>
internal sealed partial record ProjectFolder(string Name, IReadOnlyList<string> Uses)
{
    private const string Root = "(root)";

    /// <summary>The folders of a project that hold code, the root among them.</summary>
    public static IReadOnlyList<ProjectFolder> Of(string project)
    {
        string root = Path.Combine(TestPaths.Repository, "src", project);
        Dictionary<string, string[]> files = Directory.EnumerateDirectories(root)
            .ToDictionary(folder => Path.GetFileName(folder), folder => Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories))
            .Where(folder => folder.Value.Length > 0)
            .ToDictionary();
        files.Add(Root, Directory.GetFiles(root, "*.cs"));
        return [.. files.Where(folder => folder.Value.Length > 0).Select(folder => new ProjectFolder(folder.Key, Used(project, folder.Key, files)))];
    }

    // By a using line, or by a name that begins with the folder: Tasks.PromptTemplate.
    private static string[] Used(string project, string folder, Dictionary<string, string[]> files)
    {
        HashSet<string> used = [];
        foreach (string line in files[folder].SelectMany(File.ReadLines).Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal)))
        {
            Match match = Using().Match(line);
            if (match.Success && match.Groups[1].Value == project)
                used.Add(match.Groups[2].Value);
            else if (!match.Success)
                used.UnionWith(Qualified().Matches(line)
                    .Where(name => files.TryGetValue(name.Groups[1].Value, out string[]? types) && types.Any(type => Path.GetFileNameWithoutExtension(type) == name.Groups[2].Value))
                    .Select(name => name.Groups[1].Value));
        }
        used.Remove(folder);
        return [.. used.Where(files.ContainsKey).Order(StringComparer.Ordinal)];
    }

    [GeneratedRegex(@"^using (?:static |\w+ = )?(Cerise\.\w+)(?:\.(\w+))?")]
    private static partial Regex Using();

    [GeneratedRegex(@"(?<![\w.])(\w+)\.(\w+)")]
    private static partial Regex Qualified();
}
