namespace Shonin.Fuzz;

/// <summary>One parser under any bytes: what it is started from, and what must hold whatever comes in.</summary>
/// <param name="Name">As tests/fuzz.sh and the folder of kept findings call it.</param>
/// <param name="Seeds">Inputs that reach far into the parser; the fuzzer changes and joins them.</param>
/// <param name="Properties">Returns where they hold, throws where one is broken. Any exception is a finding.</param>
internal sealed record FuzzTarget(string Name, Func<IEnumerable<byte[]>> Seeds, Func<byte[], ValueTask> Properties)
{
    // Work that grows with the square of an input allocates so too, and unlike time allocations are the same on every machine.
    private const long AllocatedBytesMax = 4 * 1024 * 1024;
    private const long AllocatedBytesMaxPerInputByte = 1024;

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
        MailReaderTarget.Target,
        VerdictTarget.Target,
    ];

    /// <summary>Holds the target's properties against an input, and what all of it may cost.</summary>
    public async ValueTask CheckAsync(byte[] input)
    {
        var allowed = AllocatedBytesMax + (AllocatedBytesMaxPerInputByte * input.Length);
        var allocated = await MeasureAsync(input);
        if (allocated > allowed)
        {
            // What is built once for all inputs (patterns, tables) is not the input's: the second time shows what it costs by itself.
            allocated = await MeasureAsync(input);
        }

        Property.Holds(allocated <= allowed, $"An input costs memory in proportion to its size; {input.Length} bytes cost {allocated}");
    }

    private async ValueTask<long> MeasureAsync(byte[] input)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        await Properties(input);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    public static FuzzTarget Named(string name) =>
        All.FirstOrDefault(target => target.Name == name)
        ?? throw new ArgumentException(
            $"There is no target \"{name}\". There are: {string.Join(", ", All.Select(target => target.Name))}.",
            nameof(name)
        );
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
