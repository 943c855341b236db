using Shonin.CardNetwork.Link;
using Shonin.Domain.Approvals;
using Shonin.Iso8583;

namespace Shonin.Specs.CardNetwork.Link;

/// <summary>NotSent is a promise that no byte left; everything less certain is Sent.</summary>
public sealed class SendingSpecs
{
    [Fact]
    public void Before_the_link_is_started_nothing_is_sent() => NotSent(new FarSide(), NotSentReason.NoConnection);

    [Fact]
    public void Before_the_sign_on_is_answered_nothing_is_sent()
    {
        var far = new FarSide();
        far.World.Do(far.Link.Start);
        NotSent(far, NotSentReason.NoConnection);
        Assert.Equal("0800", Assert.Single(far.Take()).Mti.ToString());
    }

    [Fact]
    public void After_the_connection_ended_nothing_is_sent()
    {
        var far = new FarSide().SignedOn();
        far.World.Do(far.Connections[0].Dispose);
        NotSent(far, NotSentReason.NoConnection);
    }

    [Fact]
    public void After_the_link_was_stopped_nothing_is_sent()
    {
        var far = new FarSide().SignedOn();
        far.World.Do(() => _ = far.Link.StopAsync());
        NotSent(far, NotSentReason.Stopped);
    }

    [Fact]
    public void A_card_that_the_vault_does_not_have_is_not_sent()
    {
        var far = new FarSide().SignedOn();
        NotSent(far, NotSentReason.CardNotFound, far.Authorize(card: new CardToken("card_0")));
    }

    /// <summary>A card that is gone keeps the request back by itself: the card company is not said to be out of reach for it.</summary>
    [Fact]
    public void Without_a_connection_a_card_that_the_vault_does_not_have_is_named_first() =>
        NotSent(new FarSide(), NotSentReason.CardNotFound, new FarSide().Authorize(card: new CardToken("card_0")));

    [Fact]
    public void A_value_that_does_not_fit_its_field_is_not_sent_and_the_next_request_is_whole()
    {
        var far = new FarSide().SignedOn();
        NotSent(far, NotSentReason.MessageInvalid, far.Authorize(orderNumber: new string('N', 28)));
        Assert.IsType<SendOutcome.Sent>(far.Sent(far.Authorize(2, orderNumber: new string('N', 27))));
        Assert.Equal(new string('N', 27), Assert.Single(far.Take()).Text(62));
    }

    [Fact]
    public void As_many_as_allowed_are_in_flight_and_not_one_more()
    {
        var far = new FarSide(new LinkOptions { Connections = 1, InFlightCountMax = 2 }).SignedOn();
        far.Sent(far.Authorize(1));
        far.Sent(far.Authorize(2));
        NotSent(far, NotSentReason.TooManyInFlight, far.Authorize(3));
        far.Put(FarSide.AnswerTo(far.Take()[0], "00"));
        Assert.IsType<SendOutcome.Sent>(far.Sent(far.Authorize(3)));
        NotSent(far, NotSentReason.TooManyInFlight, far.Authorize(4));
        far.World.Do(() => far.World.Clock.Advance(far.Options.InFlightFor));
        Assert.IsType<SendOutcome.Sent>(far.Sent(far.Authorize(4)));
    }

    [Fact]
    public void A_write_that_fails_may_have_sent_something()
    {
        var far = new FarSide().SignedOn();
        far.NearEnds[0].WriteFault = _ => throw new IOException("Broken pipe");
        Assert.IsType<SendOutcome.Sent>(far.Sent(far.Authorize()));
        Assert.False(far.Link.IsUp);
        Assert.Contains(far.Notes, note => note.Contains("writing failed (Broken pipe)", StringComparison.Ordinal));
    }

    [Fact]
    public void A_peer_that_takes_no_bytes_loses_the_connection_and_what_waited_behind_was_not_sent()
    {
        var far = new FarSide().SignedOn();
        far.NearEnds[0].WriteFault = cancellation => Task.Delay(Timeout.Infinite, cancellation);
        var (begun, waiting) = (far.SendAsync(far.Authorize(1)), far.SendAsync(far.Authorize(2)));
        Assert.IsType<SendOutcome.Sent>(OneThread.Result(begun));
        Assert.False(waiting.IsCompleted);
        far.World.Pass(far.Options.WriteTimeout);
        Assert.Equal(NotSentReason.NoConnection, Assert.IsType<SendOutcome.NotSent>(OneThread.Result(waiting)).Reason);
        Assert.False(far.Link.IsUp);
        Assert.Contains(far.Notes, note => note.Contains("took no bytes for 10 s", StringComparison.Ordinal));
    }

    [Fact]
    public void A_queue_that_is_full_takes_no_more()
    {
        var far = new FarSide(
            new LinkOptions { Connections = 1, WriteQueueSizeMaxBytes = Frame.LengthBytes + Frame.MessageBytesMax }
        ).SignedOn();
        far.NearEnds[0].WriteFault = cancellation => Task.Delay(Timeout.Infinite, cancellation);
        var sends = Enumerable.Range(1, 3).Select(stan => far.SendAsync(far.Authorize(stan))).ToArray();
        Assert.Equal([true, false, true], sends.Select(send => send.IsCompleted));
        Assert.Equal(NotSentReason.TooManyInFlight, Assert.IsType<SendOutcome.NotSent>(OneThread.Result(sends[2])).Reason);
    }

    [Fact]
    public void The_security_code_goes_with_the_customer_s_first_request_and_with_no_other()
    {
        var far = new FarSide().SignedOn();
        far.Sent(far.Authorize(1, Initiator.AutomaticRetry));
        far.Sent(far.Authorize(2, Initiator.Customer));
        far.Sent(far.Authorize(3, Initiator.CustomerConfirms));
        Assert.Equal(["2002M1800210", "2002C08002109203123", "2002C1800210"], far.Take().Select(request => request.Text(48)));
    }

    [Fact]
    public void A_security_code_that_was_not_sent_still_waits_and_one_that_may_have_been_sent_does_not()
    {
        var far = new FarSide().SignedOn();
        NotSent(far, NotSentReason.MessageInvalid, far.Authorize(orderNumber: new string('N', 28)));
        Assert.Equal(1, far.Vault.WaitingSecurityCodeCount);
        far.NearEnds[0].WriteFault = _ => throw new IOException("Broken pipe");
        far.Sent(far.Authorize());
        Assert.Equal(0, far.Vault.WaitingSecurityCodeCount);
    }

    [Fact]
    public void A_connection_that_swallows_requests_gets_fewer_and_fewer_of_them()
    {
        var far = new FarSide(new LinkOptions { Connections = 2 }).SignedOn();
        foreach (var stan in Enumerable.Range(1, 20))
        {
            far.Sent(far.Authorize(stan));
            foreach (var request in far.Take(1))
                far.Put(FarSide.AnswerTo(request, "00"), far.Connections[1]);
        }
        Assert.Single(far.Take(0));
        Assert.Equal(19, far.Answers.Count);
    }

    [Fact]
    public void Both_encodings_reach_the_wire()
    {
        var far = new FarSide(new LinkOptions { Connections = 1, Encoding = WireEncoding.Binary });
        far.World.Do(far.Link.Start);
        Assert.Equal("0800", Convert.ToHexString(far.Connections[0].TakeAll().AsSpan(2, 2)));
    }

    private static void NotSent(FarSide far, NotSentReason reason, NetworkRequest? request = null)
    {
        var writeCount = far.NearEnds.Sum(end => end.WriteCount);
        var inFlightCount = far.Link.InFlightCount;
        Assert.Equal(reason, Assert.IsType<SendOutcome.NotSent>(far.Sent(request ?? far.Authorize())).Reason);
        Assert.Equal((writeCount, inFlightCount), (far.NearEnds.Sum(end => end.WriteCount), far.Link.InFlightCount));
    }
}
