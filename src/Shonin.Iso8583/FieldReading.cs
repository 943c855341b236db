namespace Shonin.Iso8583;

/// <summary>What became of the inside of a field.</summary>
public abstract record FieldReading<T>
{
    private FieldReading() { }

    /// <summary>It was read.</summary>
    public sealed record Read(T Value) : FieldReading<T>;

    /// <param name="What">As in <c>DE 48 / element 42 / byte 7: expected 2 characters, got the end of the field after 1</c>. It shows no
    ///   value.</param>
    public sealed record Unreadable(string What) : FieldReading<T>;
}
