using System.Runtime.CompilerServices;
using Cerise.Data.ChatTemplates.Text;
using Cerise.Data.ChatTemplates.Values;

namespace Cerise.Data.ChatTemplates.Running;

/// <summary>Everything that belongs to one rendering: where it is, what it has written, what it may still do.</summary>
internal sealed class RenderState
{
    /// <summary>The budget counts characters; a step costs as much as so many of them.</summary>
    private const int UnitsPerStep = 8;

    /// <summary>What goes on in a loop's iteration beside its statements, in steps.</summary>
    private const int StepsPerItem = 3;

    /// <summary>What goes on in a call beside its arguments, in steps.</summary>
    private const int StepsPerCall = 4;

    private readonly long _maxSteps;
    private long _units;

    public RenderState(ChatTemplateOptions options, Scope variables)
    {
        Options = options;
        _maxSteps = options.MaxSteps;
        _units = options.MaxSteps > long.MaxValue / UnitsPerStep ? long.MaxValue : options.MaxSteps * UnitsPerStep;
        Output = new TextBuffer(this);
        Root = new Scope(variables);
        Scope = Root;
    }

    public ChatTemplateOptions Options { get; }

    /// <summary>Whether origins are asked for, so that messages know their numbers.</summary>
    public bool HasMessages { get; init; }

    /// <summary>The scope of the template's own variables.</summary>
    public Scope Root { get; }

    /// <summary>The innermost scope.</summary>
    public Scope Scope { get; set; }

    /// <summary>What statements write to.</summary>
    public TextBuffer Output { get; set; }

    /// <summary>What is written now belongs to this turn and block.</summary>
    public Origin Place { get; set; } = Origin.None;

    /// <summary>
    /// Whether loops over messages leave the turn as it is: within a macro that is called in a turn they look things up for it, and what the macro writes
    /// is the turn's.
    /// </summary>
    public bool IsTurnHeld { get; set; }

    /// <summary>The iteration whose turn is not known yet because its loop counts indexes, or null.</summary>
    public IndexLoop? IndexLoop { get; set; }

    /// <summary>Where in the source the node stands that is being evaluated.</summary>
    public int Position { get; set; }

    /// <summary>The text a filter block has captured, on its way to the filters.</summary>
    public StringValue? Captured { get; set; }

    private int _depth;

    /// <summary>Counts one step.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step()
    {
        if ((_units -= UnitsPerStep) < 0)
            throw OutOfSteps();
    }

    /// <summary>Counts steps.</summary>
    public void Charge(long steps)
    {
        if (steps > _maxSteps || (_units -= steps * UnitsPerStep) < 0)
            throw OutOfSteps();
    }

    /// <summary>Counts characters that are copied to the end of a text.</summary>
    public void ChargeText(int characters, int before = 0)
    {
        if (characters > Options.MaxOutputLength - before)
            throw new TemplateFault($"a text is longer than the limit of {Options.MaxOutputLength} characters (MaxOutputLength)");
        if ((_units -= characters) < 0)
            throw OutOfSteps();
    }

    /// <summary>Counts a search for one text in another, which takes up to the product of their lengths.</summary>
    public void ChargeSearch(int characters, int sought)
    {
        if ((_units -= characters * (1 + (sought / 64L))) < 0)
            throw OutOfSteps();
    }

    /// <summary>Enters a call; pairs with <see cref="Leave"/>.</summary>
    public void Enter()
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        Charge(StepsPerCall);
        if (++_depth > Options.MaxDepth)
            throw new TemplateFault($"calls are nested deeper than the limit of {Options.MaxDepth} (MaxDepth); does a macro call itself without end?");
    }

    public void Leave() => _depth--;

    /// <summary>Counts a call of a function, filter, test or method.</summary>
    public void ChargeCall() => Charge(StepsPerCall);

    /// <summary>The items of a value, each some steps.</summary>
    /// <exception cref="TemplateFault">It has none.</exception>
    public IEnumerable<Value> Items(Value value)
    {
        if (value.TryIterate(this) is not { } items)
            throw new TemplateFault($"'{value.TypeName}' object is not iterable");
        return Counted(items);
    }

    private IEnumerable<Value> Counted(IEnumerable<Value> items)
    {
        foreach (Value item in items)
        {
            Charge(StepsPerItem);
            yield return item;
        }
    }

    private TemplateFault OutOfSteps() =>
        new($"the template has done {_maxSteps} steps without coming to an end (MaxSteps); does it loop for ever?");
}
