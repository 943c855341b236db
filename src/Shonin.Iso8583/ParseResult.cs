namespace Shonin.Iso8583;

/// <summary>What became of some bytes.</summary>
public abstract record ParseResult
{
    private ParseResult() { }

    /// <summary>The message was read whole.</summary>
    public sealed record Parsed(Message Message) : ParseResult;

    /// <param name="Error">The first thing that was wrong.</param>
    /// <param name="Partial">
    /// Whatever could be read: all fields before the error, and those behind it where their place is certain (a value was wrong, not
    /// a length). Its type is <see cref="Mti.Unreadable"/> where not even that could be read.
    /// </param>
    public sealed record Malformed(ParseError Error, Message Partial) : ParseResult;
}

/// <summary>The first thing that was wrong in some bytes.</summary>
/// <param name="Field">2 to 128; 0 is the message type, 1 a bitmap. For bytes after the end, the last field.</param>
/// <param name="Offset">Where, in bytes from the first byte of the type.</param>
/// <param name="Problem">What was expected there and what was there instead. It shows at most one character of the bytes.</param>
public sealed record ParseError(int Field, int Offset, string Problem)
{
    /// <summary>As in <c>DE 4 / offset 23: expected 12 digits, got 'A'</c>.</summary>
    public string What => $"{Place} / offset {Offset}: {Problem}";

    private string Place =>
        Field switch
        {
            0 => "MTI",
            1 => "bitmap",
            _ => $"DE {Field}",
        };

    /// <inheritdoc/>
    public override string ToString() => What;
}

/// <summary>What became of a message that was to be written.</summary>
public abstract record WriteResult
{
    private WriteResult() { }

    /// <param name="ByteCount">How many bytes were written.</param>
    public sealed record Written(int ByteCount) : WriteResult
    {
        private static readonly Written?[] usual = new Written?[Frame.LengthBytes + Frame.MessageBytesMax + 1];

        /// <summary>The counts of messages that fit a frame are made once, when first needed.</summary>
        internal static Written Of(int byteCount) => byteCount < usual.Length ? usual[byteCount] ??= new(byteCount) : new(byteCount);
    }

    /// <summary>Nothing may be sent: what was written before the error is not a message.</summary>
    public sealed record Refused(WriteError Error) : WriteResult;
}

/// <summary>Why a message cannot be written.</summary>
/// <param name="Field">2 to 128, or 0 where the message as a whole does not fit.</param>
/// <param name="Problem">What is wrong with it, never its value.</param>
public sealed record WriteError(int Field, string Problem)
{
    /// <summary>As in <c>DE 41: 9 characters, at most 8</c>.</summary>
    public string What => Field == 0 ? $"message: {Problem}" : $"DE {Field}: {Problem}";

    /// <inheritdoc/>
    public override string ToString() => What;
}
