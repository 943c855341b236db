namespace Shonin;

/// <summary>What became of reading something that a person or a program wrote: the thing itself, or why it is not one.</summary>
internal abstract record Reading<T, TRefusal>
{
    private Reading() { }

    public sealed record Read(T Value) : Reading<T, TRefusal>;

    public sealed record Refused(TRefusal Why) : Reading<T, TRefusal>;
}
