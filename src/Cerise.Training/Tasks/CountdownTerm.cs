using System.Globalization;
using Cerise.Training.Verifiers;

namespace Cerise.Training.Tasks;

/// <summary>An expression under construction: its exact value, its text with as few brackets as needed, and the operator that was applied last.</summary>
internal readonly record struct CountdownTerm(Rational Value, string Text, char Operator)
{
    private const char None = ' ';

    public static CountdownTerm Number(int value) => new(Rational.From(value), value.ToString(CultureInfo.InvariantCulture), None);

    /// <summary>left (operator) right; null for a division by 0.</summary>
    public static CountdownTerm? Combine(CountdownTerm left, char sign, CountdownTerm right)
    {
        if (sign == '/' && right.Value.Numerator.IsZero)
            return null;
        Rational value = sign switch
        {
            '+' => left.Value + right.Value,
            '-' => left.Value - right.Value,
            '*' => left.Value * right.Value,
            _ => left.Value / right.Value,
        };
        bool product = sign is '*' or '/';
        string before = product && left.IsSum ? $"({left.Text})" : left.Text;
        // On the right, a sum needs brackets after anything but +, and a product after /.
        bool bracket = (right.IsSum && sign != '+') || (sign == '/' && right.Operator != None);
        string after = bracket ? $"({right.Text})" : right.Text;
        return new CountdownTerm(value, $"{before} {sign} {after}", sign);
    }

    private bool IsSum => Operator is '+' or '-';
}
