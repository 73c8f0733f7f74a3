namespace Cerise.Training.Recipes;

/// <summary>Makes an options record from a map of a recipe.</summary>
/// <remarks>
/// A setting is a public property with an <c>init</c> accessor; its key is its name in snake_case and its default is what the
/// record's constructor leaves. Understood are <c>int</c>, <c>long</c>, <c>float</c>, <c>double</c>, <c>bool</c>,
/// <c>string</c>, enums (members in snake_case), their nullable forms, arrays and lists, dictionaries from <c>string</c>,
/// nested records, and <see cref="System.Text.Json.JsonElement"/> for values whose form is known elsewhere. A <c>required</c>
/// property must be given. A record that is an <see cref="IOptions"/> is asked for faults once its keys are bound without any.
/// </remarks>
public static class OptionsBinder
{
    /// <summary>Binds a map, throwing every fault at once.</summary>
    /// <typeparam name="T">A record with init properties and no constructor parameters.</typeparam>
    /// <param name="map">The settings.</param>
    /// <param name="title">What the settings belong to, such as "stage 'grpo'"; may be empty.</param>
    /// <exception cref="RecipeException">Unknown, missing or mistyped keys, or values the record itself refuses.</exception>
    public static T Bind<T>(RecipeMap map, string title = "")
    {
        var faults = new RecipeFaults();
        T bound = Bind<T>(map, title, faults);
        faults.ThrowIfAny();
        return bound;
    }

    /// <summary>Binds a map, collecting faults; a key at fault keeps its default.</summary>
    /// <typeparam name="T">A record with init properties and no constructor parameters.</typeparam>
    /// <param name="map">The settings.</param>
    /// <param name="title">What the settings belong to, such as "stage 'grpo'"; may be empty.</param>
    /// <param name="faults">Receives the faults.</param>
    public static T Bind<T>(RecipeMap map, string title, RecipeFaults faults) => (T)Bind(typeof(T), map, title, faults);

    /// <summary>Binds a map to a record whose type is known at run time only.</summary>
    /// <param name="type">A record with init properties and no constructor parameters.</param>
    /// <param name="map">The settings.</param>
    /// <param name="title">What the settings belong to, such as "stage 'grpo'"; may be empty.</param>
    /// <param name="faults">Receives the faults.</param>
    public static object Bind(Type type, RecipeMap map, string title, RecipeFaults faults)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(title);
        ArgumentNullException.ThrowIfNull(faults);
        return new OptionsReader(title, faults).Record(type, map, null, "");
    }
}
