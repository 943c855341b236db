namespace Shonin.Iso8583;

/// <summary>What became of the inside of a field.</summary>
public abstract record Reading<T>
{
    private Reading() { }

    /// <summary>It was read.</summary>
    public sealed record Read(T Value) : Reading<T>;

    /// <param name="What">As in <c>DE 48 / element 42 / byte 7: expected 2 characters, got the end of the field after 1</c>. It shows no
    ///   value.</param>
    public sealed record Unreadable(string What) : Reading<T>;
}
