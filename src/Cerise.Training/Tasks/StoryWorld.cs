using System.Globalization;
using Cerise.Tensors;

namespace Cerise.Training.Tasks;

/// <summary>The people, things and happenings of the stories.</summary>
internal static class StoryWorld
{
    private static readonly string[] Women = ["Anna", "Beth", "Clara", "Dora", "Emma", "Fay", "Gina", "Hanna", "Ida", "Jane", "Kate", "Lucy"];
    private static readonly string[] Men = ["Adam", "Ben", "Carl", "Dan", "Emil", "Finn", "Gus", "Hugo", "Ivan", "Jack", "Karl", "Tom"];
    private static readonly string[] Foods = ["pears", "apples", "plums", "nuts", "eggs", "cakes", "figs", "buns"];
    private static readonly string[] Toys = ["coins", "shells", "stamps", "cards", "beads", "pens", "books", "stones"];

    private static readonly string[] Gains = ["{0} finds {1} more.", "{0} buys {1} more.", "{0} wins {1} more.", "{0} gets {1} from {2}."];
    private static readonly string[] Losses = ["{0} loses {1}.", "{0} sells {1}.", "{0} drops {1}.", "{0} gives {1} to {2}."];
    private static readonly string[] FoodLosses = [.. Losses, "{0} eats {1}."];

    /// <summary>Who a story is about, and the pronoun.</summary>
    public static (string Name, string Pronoun) Person(RandomStream random) => random.Chance(0.5) ? (random.Pick(Women), "She") : (random.Pick(Men), "He");

    /// <summary>What a story is about, and whether it can be eaten.</summary>
    public static (string Thing, bool IsFood) Thing(RandomStream random) => random.Chance(0.5) ? (random.Pick(Foods), true) : (random.Pick(Toys), false);

    /// <summary>A sentence in which the count changes.</summary>
    public static StoryStep Step(RandomStream random, string name, string pronoun, bool isFood, int change)
    {
        string sentence = random.Pick(change > 0 ? Gains : isFood ? FoodLosses : Losses);
        (string other, _) = Person(random);
        while (other == name)
            (other, _) = Person(random);
        return new StoryStep(string.Format(CultureInfo.InvariantCulture, sentence, pronoun, Math.Abs(change), other), change);
    }
}
