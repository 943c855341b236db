namespace Shonin.Fuzz;

/// <summary>One parser under any bytes: what it is started from, and what must hold whatever comes in.</summary>
/// <param name="Name">As tests/fuzz.sh and the folder of kept findings call it.</param>
/// <param name="Seeds">Inputs that reach far into the parser; the fuzzer changes and joins them.</param>
/// <param name="Check">Returns where the properties hold, throws where one is broken. Any exception is a finding.</param>
internal sealed record FuzzTarget(string Name, Func<IEnumerable<byte[]>> Seeds, Func<byte[], ValueTask> Check)
{
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        MessageTarget.Target,
        TagListTarget.Target,
        DkimTarget.Target,
        ArcTarget.Target,
        SigningTarget.Target,
        SpfTarget.Target,
        DmarcTarget.Target,
        AuthResultsTarget.Target,
        ZoneTarget.Target,
    ];

    public static FuzzTarget Named(string name) => All.FirstOrDefault(target => target.Name == name)
        ?? throw new ArgumentException($"There is no target \"{name}\". There are: {string.Join(", ", All.Select(target => target.Name))}.", nameof(name));
}

/// <summary>A property that an input broke.</summary>
internal sealed class BrokenPropertyException(string property) : Exception(property);

internal static class Property
{
    public static void Holds(bool isSo, string property)
    {
        if (!isSo)
        {
            throw new BrokenPropertyException(property);
        }
    }

    public static void Same<T>(T one, T other, string property)
    {
        if (!EqualityComparer<T>.Default.Equals(one, other))
        {
            throw new BrokenPropertyException($"{property}: <{one}> and <{other}>");
        }
    }
}
