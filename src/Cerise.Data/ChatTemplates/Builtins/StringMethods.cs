using Cerise.Data.ChatTemplates.Text;
using Cerise.Data.ChatTemplates.Values;

namespace Cerise.Data.ChatTemplates.Builtins;

/// <summary>Methods of str.</summary>
internal static class StringMethods
{
    private static readonly BuiltinTable Table = new(
        ("upper", "", call => PythonCase.Upper(call.Text, call.State)),
        ("lower", "", call => PythonCase.Lower(call.Text, call.State)),
        ("title", "", call => PythonCase.Title(call.Text, call.State)),
        ("capitalize", "", call => PythonCase.Capitalize(call.Text, call.State)),
        ("swapcase", "", call => PythonCase.Swap(call.Text, call.State)),
        ("casefold", "", call => PythonCase.Fold(call.Text, call.State)),
        ("strip", "chars?", call => Strip(call, left: true, right: true)),
        ("lstrip", "chars?", call => Strip(call, left: true, right: false)),
        ("rstrip", "chars?", call => Strip(call, left: false, right: true)),
        ("split", "sep? maxsplit?", call => new ListValue(Splitting.Split(call.Text, call.OptionalString(0), call.Int(1, -1), call.State))),
        ("rsplit", "sep? maxsplit?", call => new ListValue(Splitting.SplitFromRight(call.Text, call.OptionalString(0), call.Int(1, -1), call.State))),
        ("splitlines", "keepends?", call => new ListValue(Splitting.Lines(call.Text, call.Flag(0), call.State))),
        ("partition", "sep", call => Splitting.Partition(call.Text, call.String(0), last: false, call.State)),
        ("rpartition", "sep", call => Splitting.Partition(call.Text, call.String(0), last: true, call.State)),
        ("removeprefix", "prefix", call => call.Text.Text.StartsWith(call.String(0).Text, StringComparison.Ordinal)
            ? call.Text.Substring(call.String(0).Text.Length, call.Text.Text.Length - call.String(0).Text.Length, call.State) : call.Text),
        ("removesuffix", "suffix", call => call.Text.Text.EndsWith(call.String(0).Text, StringComparison.Ordinal)
            ? call.Text.Substring(0, call.Text.Text.Length - call.String(0).Text.Length, call.State) : call.Text),
        ("replace", "old new count?", call => Replacing.Replace(
            call.Text, call.String(0), Markup.Like(call.Text, call.String(1), call.State), call.Int(2, -1), call.State)),
        ("join", "iterable", Join),
        ("startswith", "prefix start? end?", call => BooleanValue.Of(Searching.HasAffix(call, atEnd: false))),
        ("endswith", "suffix start? end?", call => BooleanValue.Of(Searching.HasAffix(call, atEnd: true))),
        ("find", "sub start? end?", call => IntegerValue.Of(Searching.Find(call, last: false))),
        ("rfind", "sub start? end?", call => IntegerValue.Of(Searching.Find(call, last: true))),
        ("index", "sub start? end?", call => Found(Searching.Find(call, last: false))),
        ("rindex", "sub start? end?", call => Found(Searching.Find(call, last: true))),
        ("count", "sub start? end?", call => IntegerValue.Of(Searching.Count(call))),
        ("center", "width fillchar?", call => Padding.Center(call.Text, call.Int(0), Fill(call), call.State)),
        ("ljust", "width fillchar?", call => Padding.Pad(call.Text, 0, call.Int(0) - call.Text.Length!.Value, Fill(call), call.State)),
        ("rjust", "width fillchar?", call => Padding.Pad(call.Text, call.Int(0) - call.Text.Length!.Value, 0, Fill(call), call.State)),
        ("zfill", "width", call => Padding.FillWithZeros(call.Text, call.Int(0), call.State)),
        ("expandtabs", "tabsize?", call => Padding.ExpandTabs(call.Text, call.Int(0, 8), call.State)),
        ("format", "* **", call => new FormatString(call.State, call.Rest, name => call.Named.GetValueOrDefault(name)).Format(call.Text)),
        ("format_map", "mapping", call => new FormatString(call.State, [], name => call[0]!.Item(new StringValue(name), call.State)).Format(call.Text)),
        ("isalpha", "", call => Is(call, CharacterClasses.IsAlpha)),
        ("isdecimal", "", call => Is(call, CharacterClasses.IsDecimal)),
        ("isdigit", "", call => Is(call, CharacterClasses.IsDigit)),
        ("isnumeric", "", call => Is(call, CharacterClasses.IsNumeric)),
        ("isalnum", "", call => Is(call, CharacterClasses.IsAlphanumeric)),
        ("isspace", "", call => Is(call, CharacterClasses.IsSpace)),
        ("isascii", "", call => BooleanValue.Of(System.Text.Ascii.IsValid(Counted(call)))),
        ("isprintable", "", call => BooleanValue.Of(call.Text.Text.Length == 0 || CharacterClasses.All(Counted(call), PythonText.IsPrintable))),
        ("isidentifier", "", call => BooleanValue.Of(CharacterClasses.IsIdentifier(Counted(call)))),
        ("islower", "", call => BooleanValue.Of(CharacterClasses.IsLower(Counted(call)))),
        ("isupper", "", call => BooleanValue.Of(CharacterClasses.IsUpper(Counted(call)))),
        ("istitle", "", call => BooleanValue.Of(CharacterClasses.IsTitle(Counted(call)))));

    /// <summary>Methods of Python that give what this language has no value for.</summary>
    private static readonly HashSet<string> Absent = ["encode", "maketrans", "translate"];

    public static Value? Find(string name, StringValue self)
    {
        if (Absent.Contains(name))
            throw new TemplateFault($"str.{name} is not supported in templates");
        return Table.Bind(name, self);
    }

    private static StringValue Strip(Call call, bool left, bool right) => Splitting.Strip(call.Text, call.OptionalString(0)?.Text, left, right, call.State);

    private static BooleanValue Is(Call call, Func<int, bool> test) => BooleanValue.Of(CharacterClasses.All(Counted(call), test));

    private static string Counted(Call call)
    {
        call.State.ChargeText(call.Text.Text.Length);
        return call.Text.Text;
    }

    private static IntegerValue Found(int index) => index >= 0 ? IntegerValue.Of(index) : throw new TemplateFault("substring not found");

    private static StringValue Fill(Call call)
    {
        StringValue fill = call.Has(1) ? call.String(1) : new StringValue(" ");
        return fill.Length == 1 ? fill : throw new TemplateFault("The fill character must be exactly one character long");
    }

    private static StringValue Join(Call call)
    {
        var joined = new TextBuffer(call.State);
        int index = 0;
        foreach (Value item in call.State.Items(call[0]!))
        {
            if (item is not StringValue text)
                throw new TemplateFault($"sequence item {index}: expected str instance, {item.TypeName} found");
            if (index++ > 0)
                joined.Append(call.Text);
            joined.Append(Markup.Like(call.Text, text, call.State));
        }
        return joined.ToValue(call.Text.IsMarkup);
    }
}
