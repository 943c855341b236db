using System.Globalization;

namespace Shonin.Specs;

/// <summary>
/// How far random walks go. Every run walks new ways, so a few each time are many in a month; <c>SHONIN_WALKS=30</c> goes thirty times as
/// far at once, as <c>./shonin test</c> does. What fails names its seed.
/// </summary>
internal static class Walks
{
    private const string Variable = "SHONIN_WALKS";

    private static readonly int factor = Environment.GetEnvironmentVariable(Variable) switch
    {
        null or "" => 1,
        var said when int.TryParse(said, NumberStyles.None, CultureInfo.InvariantCulture, out var times) && times > 0 => times,
        var said => throw new InvalidOperationException(
            $"{Variable} is \"{said}\", but says how many times as far as usual random walks go: 1, 30."
        ),
    };

    /// <summary>A number of cases that is enough for one run among many, times what this run asks for.</summary>
    public static int Times(int usual) => usual * factor;

    /// <summary>A seed that no run had before. Whoever takes one names it when something fails.</summary>
    public static int NewSeed() => Random.Shared.Next();
}
