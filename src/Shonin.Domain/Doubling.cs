namespace Shonin.Domain;

/// <summary>The waits before something that failed is tried again: each is twice the one before, up to the longest.</summary>
/// <param name="First">The first of them, where it is not longer than the longest.</param>
/// <param name="Most">The longest.</param>
public readonly record struct Doubling(TimeSpan First, TimeSpan Most)
{
    /// <summary>The wait after a failure.</summary>
    /// <param name="earlier">How many failures came before it; none where negative.</param>
    public TimeSpan After(int earlier)
    {
        var wait = First;
        for (var failure = 0; failure < earlier && wait > TimeSpan.Zero && wait < Most; failure++)
            wait = wait < Most - wait ? wait + wait : Most;
        return wait < Most ? wait : Most;
    }
}
