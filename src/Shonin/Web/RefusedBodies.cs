namespace Shonin.Web;

/// <summary>
/// Tells of bodies that were refused. Whoever sends thousands of them, or sends slowly on many connections, must not write a line of the
/// log each: there is one a minute for each route and reason, and it says how many there were since the last.
/// </summary>
/// <param name="tell">Takes the route's pattern, the reason, and how many.</param>
internal sealed class RefusedBodies(Action<string, string, int> tell, TimeProvider clock)
{
    private static readonly TimeSpan tellEvery = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();

    /// <summary>Patterns and reasons are a closed set, whatever was sent.</summary>
    private readonly Dictionary<(string Route, string Reason), (DateTimeOffset ToldAt, int UntoldCount)> known = [];

    public void Note(string route, string reason)
    {
        int count;
        lock (gate)
        {
            var now = clock.GetUtcNow();
            var (toldAt, untold) = known.GetValueOrDefault((route, reason));
            count = untold + 1;
            var isTold = now - toldAt >= tellEvery;
            known[(route, reason)] = isTold ? (now, 0) : (toldAt, count);
            if (!isTold)
                return;
        }
        tell(route, reason, count);
    }
}
