using CsCheck;
using Shonin.Iso8583;

namespace Shonin.Specs.Iso8583;

/// <summary>Reading one message after the other into the same one, and what reading allocates.</summary>
public sealed class ReadingAgainSpecs
{
    private const int WarmUpCount = 200;

    /// <summary>What is read is kept here, so that no compiler can leave it out.</summary>
    private static object? kept;

    [Theory]
    [InlineData(WireEncoding.Ascii)]
    [InlineData(WireEncoding.Binary)]
    public void Reading_into_a_message_that_is_there_allocates_nothing(WireEncoding encoding)
    {
        var format = Wire.Profile(encoding);
        var bytes = Wire.Written(format, Wire.Authorization());
        var message = new Message(Mti.Unreadable);
        Assert.Equal(0, AllocatedBytes(() => kept = format.Parse(bytes, message)));
        Assert.Equal(15000, message.Number(4));
    }

    [Theory]
    [InlineData(WireEncoding.Ascii)]
    [InlineData(WireEncoding.Binary)]
    public void Reading_into_a_new_message_allocates_what_a_copy_of_it_takes_and_the_answer(WireEncoding encoding)
    {
        var format = Wire.Profile(encoding);
        var bytes = Wire.Written(format, Wire.Authorization());
        var message = Wire.Parsed(format, bytes);
        var answer = AllocatedBytes(() => kept = new ParseResult.Parsed(message));
        var copy = AllocatedBytes(() => kept = new Message(message.Mti, message));
        Assert.Equal(copy + answer, AllocatedBytes(() => kept = format.Parse(bytes)));
    }

    [Theory]
    [InlineData(WireEncoding.Ascii)]
    [InlineData(WireEncoding.Binary)]
    public void Writing_allocates_nothing(WireEncoding encoding)
    {
        var format = Wire.Profile(encoding);
        var buffer = new byte[Frame.MessageBytesMax];
        var request = Wire.Authorization();
        Assert.Equal(0, AllocatedBytes(() => kept = format.Write(request, buffer)));
    }

    [Theory]
    [InlineData(WireEncoding.Ascii)]
    [InlineData(WireEncoding.Binary)]
    public void Whatever_a_message_has_held_the_next_is_read_into_it_as_into_a_new_one(WireEncoding encoding)
    {
        var format = Wire.Profile(encoding);
        var message = new Message(Mti.Unreadable);
        Mutation
            .Of(Wire.Written(format, Wire.Authorization().Set(90, new string('7', 42)).Set(52, "\x01\x02\x03\x04\x05\x06\x07\x08"u8)))
            .Sample(
                bytes =>
                {
                    var (fresh, again) = (format.Parse(bytes), format.Parse(bytes, message));
                    Assert.Equal(Told(fresh), Told(again));
                    Assert.Same(message, Held(again));
                    Assert.Equal(Held(fresh).Fields, message.Fields);
                    Assert.Empty(message.DifferingFields(Held(fresh)));
                    message.Set(39, "00").Remove(2);
                },
                threads: 1, // One message, and so one after the other.
                iter: Walks.Times(3_000)
            );
    }

    [Fact]
    public void A_value_that_is_replaced_by_longer_ones_leaves_no_holes_that_fill_the_message()
    {
        var message = new Message(Mti.Parse("0100")).Set(2, "4242424242424242");
        for (var length = 1; length <= 999; length++)
            message.Set(48, new string('x', length));
        Assert.Equal(("4242424242424242", 999), (message.Text(2), message.Bytes(48).Length));
    }

    [Fact]
    public void Values_of_more_bytes_than_a_message_holds_are_refused_and_what_was_there_stays()
    {
        var message = new Message(Mti.Parse("0100")).Set(48, new string('x', Message.ValueBytesMax - 1)).Set(2, "4");
        Assert.Throws<ArgumentOutOfRangeException>(() => message.Set(2, "42"));
        Assert.Throws<ArgumentOutOfRangeException>(() => message.Set(3, "1"));
        Assert.Equal((2, "4"), (message.Fields.Count, message.Text(2)));
    }

    private static long AllocatedBytes(Action act)
    {
        for (var count = 0; count < WarmUpCount; count++)
            act();
        var before = GC.GetAllocatedBytesForCurrentThread();
        act();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static Message Held(ParseResult result) =>
        result switch
        {
            ParseResult.Parsed parsed => parsed.Message,
            ParseResult.Malformed malformed => malformed.Partial,
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    /// <summary>The error where there is one, the type, and whether the mask takes the message for whole.</summary>
    private static string Told(ParseResult result) => $"{(result as ParseResult.Malformed)?.Error.What} {Held(result)}";
}
