using System.Globalization;
using System.Numerics;

namespace Cerise.Training.Verifiers;

/// <summary>An arithmetic expression over whole numbers, read and evaluated exactly: + - * / and parentheses, nothing else.</summary>
/// <remarks>
/// The text comes from a model that is paid for it, so it is read by a small parser with hard limits and never evaluated as code: at most
/// <see cref="MaxLength"/> characters, <see cref="MaxDepth"/> nested brackets and signs, and <see cref="MaxDigits"/> digits a number.
/// </remarks>
public sealed class CountdownExpression
{
    /// <summary>The longest text that is read, in characters.</summary>
    public const int MaxLength = 400;

    /// <summary>The deepest nesting that is read.</summary>
    public const int MaxDepth = 50;

    /// <summary>The longest number that is read, in digits.</summary>
    public const int MaxDigits = 9;

    private CountdownExpression(Rational value, IReadOnlyList<int> numbers) => (Value, Numbers) = (value, numbers);

    /// <summary>The exact value.</summary>
    public Rational Value { get; }

    /// <summary>The numbers it uses, in the order written.</summary>
    public IReadOnlyList<int> Numbers { get; }

    /// <summary>Reads an expression, or an equation "expression = number" that is true.</summary>
    /// <param name="text">The text; the signs of print (&#215;, &#247;, &#8722;) are read as *, / and -.</param>
    /// <param name="expression">The expression; null where the text is none.</param>
    /// <param name="fault">Why the text was refused; empty where it was read.</param>
    public static bool TryParse(string text, out CountdownExpression? expression, out string fault)
    {
        ArgumentNullException.ThrowIfNull(text);
        expression = null;
        if (text.Length > MaxLength)
        {
            fault = $"longer than {MaxLength} characters";
            return false;
        }
        var parser = new Parser(text);
        if (parser.Equation() is { } value)
            expression = new CountdownExpression(value, parser.Numbers);
        fault = parser.Fault ?? "";
        return expression is not null;
    }

    // Recursive descent; a fault is kept, not thrown, because wrong equations are the common case in a rollout.
    private sealed class Parser(string text)
    {
        private int _at;
        private int _depth;

        public List<int> Numbers { get; } = [];

        public string? Fault { get; private set; }

        public Rational? Equation()
        {
            if (Sum() is not { } value)
                return null;
            int used = Numbers.Count;
            if (Take('='))
            {
                if (Signed() is not { } stated)
                    return null;
                Numbers.RemoveRange(used, Numbers.Count - used);           // the stated result is not a number used
                if (stated != value)
                    return Refuse($"the equation is false: the left side is {value}");
            }
            return Peek() == '\0' ? value : Refuse($"'{Peek()}' at character {_at + 1} is not part of an expression");
        }

        private Rational? Sum()
        {
            Rational? left = Product();
            while (left is not null && Peek() is '+' or '-')
            {
                char sign = text[_at++];
                if (Product() is not { } right)
                    return null;
                left = sign is '+' ? left + right : left - right;
            }
            return left;
        }

        private Rational? Product()
        {
            Rational? left = Signed();
            while (left is not null && Peek() is '*' or '/' or '\u00D7' or '\u00F7')
            {
                char sign = text[_at++];
                if (Signed() is not { } right)
                    return null;
                if (sign is '/' or '\u00F7' && right.Numerator.IsZero)
                    return Refuse("it divides by zero");
                left = sign is '*' or '\u00D7' ? left * right : left / right;
            }
            return left;
        }

        private Rational? Signed()
        {
            if (++_depth > MaxDepth)
                return Refuse($"nested deeper than {MaxDepth}");
            Rational? value;
            if (Take('-'))
                value = -Signed();
            else if (Take('('))
            {
                value = Sum();
                if (value is not null && !Take(')'))
                    return Refuse($"a bracket is not closed at character {_at + 1}");
            }
            else
                value = Number();
            _depth--;
            return value;
        }

        private Rational? Number()
        {
            Peek();
            int start = _at;
            while (_at < text.Length && char.IsAsciiDigit(text[_at]))
                _at++;
            if (_at == start)
                return Refuse(start == text.Length ? "it ends where a number is wanted" : $"'{text[start]}' at character {start + 1} is not a number");
            if (_at - start > MaxDigits)
                return Refuse($"a number has more than {MaxDigits} digits");
            Numbers.Add(int.Parse(text.AsSpan(start, _at - start), NumberStyles.None, CultureInfo.InvariantCulture));
            return Rational.From(new BigInteger(Numbers[^1]));
        }

        private char Peek()
        {
            while (_at < text.Length && char.IsWhiteSpace(text[_at]))
                _at++;
            return _at == text.Length ? '\0' : text[_at] == '\u2212' ? '-' : text[_at];
        }

        private bool Take(char wanted)
        {
            bool found = Peek() == wanted;
            _at += found ? 1 : 0;
            return found;
        }

        private Rational? Refuse(string fault)
        {
            Fault ??= fault;
            return null;
        }
    }
}
