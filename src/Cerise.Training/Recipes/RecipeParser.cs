using System.Globalization;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Cerise.Training.Recipes;

/// <summary>Reads YAML into recipe nodes, keeping lines and columns, within bounds that no hostile file can pass.</summary>
/// <remarks>A recipe is one document of maps with distinct keys, lists and scalars.
/// Anchors, aliases and tags are refused: <c>${name}</c> does their work visibly.</remarks>
internal sealed class RecipeParser
{
    /// <summary>The largest file read, in bytes.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>The deepest nesting.</summary>
    public const int MaxDepth = 32;

    /// <summary>The most values a recipe may have, references counted each time they are filled in.</summary>
    public const int MaxNodes = 50_000;

    private const string Advice = "Check indentation (spaces, not tabs), quotes, brackets and the space after each colon.";

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string _source;
    private readonly bool _hasLines;
    private readonly RecipeFaults _faults;
    private readonly Parser _parser;
    private int _nodes;

    private RecipeParser(string text, string source, bool hasLines, RecipeFaults faults)
    {
        (_source, _hasLines, _faults) = (source, hasLines, faults);
        _parser = new Parser(new StringReader(text));
    }

    /// <summary>The text of a recipe file.</summary>
    /// <exception cref="RecipeException">The file is absent, unreadable, too large or not UTF-8.</exception>
    public static string ReadText(string path)
    {
        try
        {
            using FileStream file = PlainFile.OpenRead(path);
            if (file.Length > MaxBytes)
                throw new RecipeException(string.Create(CultureInfo.InvariantCulture,
                    $"{path}: {file.Length} bytes; a recipe is a text file of at most {MaxBytes} bytes. Is this another kind of file?"));
            byte[] bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return Strict.GetString(bytes).TrimStart('\uFEFF');
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new RecipeException($"{path}: there is no such recipe. Check the path; the recipes that come with Cerise are in recipes/.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RecipeException($"{path}: cannot be read: {error.Message}");
        }
        catch (DecoderFallbackException)
        {
            throw new RecipeException($"{path}: is not UTF-8 text. Save the recipe as UTF-8.");
        }
    }

    /// <summary>Reads one document.</summary>
    /// <param name="text">YAML.</param>
    /// <param name="source">What to call it in faults.</param>
    /// <param name="faults">Receives duplicate keys, anchors and the like.</param>
    /// <param name="hasLines">False for a flag's value, whose place is the flag.</param>
    /// <exception cref="RecipeException">The text is not YAML, or passes a bound; nothing after that place could be trusted.</exception>
    public static RecipeNode Parse(string text, string source, RecipeFaults faults, bool hasLines = true)
    {
        var parser = new RecipeParser(text, source, hasLines, faults);
        try
        {
            return parser.Document();
        }
        catch (YamlException error)
        {
            string reason = error.Message.TrimEnd('.');
            throw new RecipeException($"{parser.At(error.Start)}: not valid YAML: {reason}. {Advice}");
        }
    }

    private RecipeNode Document()
    {
        Next();                                                             // to the stream's start
        Next();
        if (_parser.Current is StreamEnd)
            return new RecipeScalar(new RecipeLocation(_source, _hasLines ? 1 : 0, _hasLines ? 1 : 0), "", isPlain: true);
        Next();                                                             // past the document's start
        RecipeNode root = Node(0);
        Next();                                                             // to the document's end
        Next();
        if (_parser.Current is DocumentStart second)
            throw new RecipeException($"{At(second.Start)}: a second document begins; a recipe is one document. Remove the '---' or split the file.");
        return root;
    }

    // Reads the node at the current event and leaves the parser on the node's last event.
    private RecipeNode Node(int depth)
    {
        ParsingEvent current = _parser.Current!;
        RecipeLocation location = At(current.Start);
        if (depth > MaxDepth)
            throw new RecipeException($"{location}: nested more than {MaxDepth} deep; no setting is that deep.");
        if (++_nodes > MaxNodes)
            throw new RecipeException($"{location}: more than {MaxNodes} values; a recipe holds settings, data belongs in files it names.");
        if (current is AnchorAlias)
        {
            _faults.Add(location, "aliases (*name) are not used in recipes; declare a variable at the top and write ${name}.");
            return new RecipeScalar(location, "", isPlain: true);
        }
        if (current is NodeEvent { Anchor.IsEmpty: false })
            _faults.Add(location, "anchors (&name) are not used in recipes; declare a variable at the top and write ${name}.");
        if (current is NodeEvent { Tag.IsEmpty: false, Tag.IsNonSpecific: false } tagged)
            _faults.Add(location, $"tags ({tagged.Tag}) are not used in recipes; the setting decides what its value means.");
        return current switch
        {
            Scalar scalar => new RecipeScalar(location, scalar.Value, scalar.Style == ScalarStyle.Plain),
            SequenceStart => List(location, depth),
            MappingStart => Map(location, depth),
            _ => throw new RecipeException($"{location}: a value is expected here."),
        };
    }

    private RecipeList List(RecipeLocation location, int depth)
    {
        var items = new List<RecipeNode>();
        for (Next(); _parser.Current is not SequenceEnd; Next())
            items.Add(Node(depth + 1));
        return new RecipeList(location, items);
    }

    private RecipeMap Map(RecipeLocation location, int depth)
    {
        var entries = new List<RecipeEntry>();
        var lines = new Dictionary<string, RecipeLocation>(StringComparer.Ordinal);
        for (Next(); _parser.Current is not MappingEnd; Next())
        {
            RecipeLocation keyLocation = At(_parser.Current!.Start);
            RecipeNode key = Node(depth + 1);
            Next();
            RecipeNode value = Node(depth + 1);
            if (key is not RecipeScalar { Text: var name })
                _faults.Add(keyLocation, "a key is a single word, not a list or a map.");
            else if (!lines.TryAdd(name, keyLocation))
                _faults.Add(keyLocation, $"key '{name}' is given twice, first at {lines[name]}. Keep one.");
            else
                entries.Add(new RecipeEntry(name, keyLocation, value));
        }
        return new RecipeMap(location, entries);
    }

    private void Next()
    {
        RecipeLocation before = _parser.Current is { } current ? At(current.End) : new RecipeLocation(_source);
        try
        {
            if (!_parser.MoveNext())
                throw new RecipeException($"{before}: the document ends too early.");
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException or FormatException or OverflowException
            or IndexOutOfRangeException)
        {
            // The scanner's own slips on text that is not YAML.
            throw new RecipeException($"{before}: not valid YAML after this place. {Advice}");
        }
    }

    private RecipeLocation At(Mark mark) => _hasLines ? new RecipeLocation(_source, (int)mark.Line, (int)mark.Column) : new RecipeLocation(_source);
}
