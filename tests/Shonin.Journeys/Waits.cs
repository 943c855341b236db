namespace Shonin.Journeys;

internal static class Waits
{
    /// <summary>
    /// How long a journey waits for what must come: nothing is measured by it, so it lies far beyond what a machine needs that is busy with
    /// ten other things.
    /// </summary>
    public static readonly TimeSpan Most = TimeSpan.FromMinutes(4);
}
