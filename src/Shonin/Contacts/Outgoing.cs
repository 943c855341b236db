namespace Shonin.Contacts;

/// <summary>
/// Sends without waiting, one thing at a time for each key: whoever reads slowly holds up nobody else. What is offered while the last one
/// is under way is not kept; in its place the latest "instead" is sent, which says how far things have come, and whoever lacks something
/// asks.
/// </summary>
internal sealed class Outgoing
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Func<Task>?> underWay = new(StringComparer.Ordinal);

    /// <summary>Something that stands for itself: the latest takes the place of those before it.</summary>
    public void Offer(string key, Func<Task> send) => Offer(key, send, send);

    public void Offer(string key, Func<Task> send, Func<Task> instead)
    {
        lock (gate)
        {
            if (underWay.ContainsKey(key))
            {
                underWay[key] = instead;
                return;
            }
            underWay[key] = null;
        }
        _ = SendAsync(key, send);
    }

    private async Task SendAsync(string key, Func<Task> send)
    {
        for (Func<Task>? next = send; next is not null; )
        {
            try
            {
                await next();
            }
            catch (Exception gone) when (gone is OperationCanceledException or IOException or InvalidOperationException)
            {
                // The connection has ended: its page joins anew, and asks by its number.
            }
            lock (gate)
            {
                if (underWay[key] is { } waiting)
                    (next, underWay[key]) = (waiting, null);
                else
                    (next, _) = (null, underWay.Remove(key));
            }
        }
    }
}
