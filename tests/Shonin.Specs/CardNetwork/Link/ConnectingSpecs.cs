using Shonin.CardNetwork.Link;

namespace Shonin.Specs.CardNetwork.Link;

public sealed class ConnectingSpecs
{
    [Fact]
    public void Each_connection_signs_on_and_the_link_is_up_with_the_first()
    {
        var far = new FarSide(new LinkOptions { Connections = 2 });
        far.World.Do(far.Link.Start);
        Assert.False(far.Link.IsUp);
        var signOn = far.AnswerNetwork(far.Connections[0], "00");
        Assert.Equal(("001", "1124010203", "100001", "SHONIN01"), (signOn.Text(70), signOn.Text(7), signOn.Text(32), signOn.Text(41)));
        Assert.True(far.Link.IsUp);
        far.AnswerNetwork(far.Connections[1], "00");
        Assert.Equal([LinkStatus.Up], far.Statuses);
        far.World.Do(far.Connections[0].Dispose);
        Assert.True(far.Link.IsUp);
        far.World.Do(far.Connections[1].Dispose);
        Assert.Equal([LinkStatus.Up, LinkStatus.Down], far.Statuses);
    }

    [Fact]
    public void A_card_company_that_cannot_be_reached_is_tried_ever_more_slowly_up_to_a_minute()
    {
        var far = new FarSide { ConnectFault = _ => throw new IOException("Connection refused") };
        far.World.Do(far.Link.Start);
        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60], Enumerable.Range(0, 8).Select(_ => SecondsUntil(far, () => far.ConnectCount)));
        Assert.All(far.Notes, note => Assert.Equal("No connection to the card company at 127.0.0.1:8583: Connection refused", note));
    }

    [Fact]
    public void A_refused_sign_on_closes_the_connection_and_counts_as_a_failure()
    {
        var far = new FarSide();
        far.World.Do(far.Link.Start);
        far.AnswerNetwork(far.Connections[0], "91");
        Assert.True(far.NearEnds[0].IsClosed);
        Assert.Equal(1, SecondsUntil(far, () => far.ConnectCount));
        far.AnswerNetwork(far.Connections[1], "91");
        Assert.Equal(2, SecondsUntil(far, () => far.ConnectCount));
        Assert.Contains("the sign-on was refused with 91", far.Notes[0], StringComparison.Ordinal);
        Assert.Empty(far.Statuses);
    }

    [Fact]
    public void An_unanswered_sign_on_closes_the_connection_after_its_time_out()
    {
        var far = new FarSide();
        far.World.Do(far.Link.Start);
        far.World.Pass(far.Options.SignOnTimeout - TimeSpan.FromMilliseconds(1));
        Assert.False(far.NearEnds[0].IsClosed);
        far.World.Pass(TimeSpan.FromMilliseconds(1));
        Assert.True(far.NearEnds[0].IsClosed);
        Assert.Contains("the sign-on was not answered within 10 s", far.Notes[0], StringComparison.Ordinal);
        Assert.Equal(1, SecondsUntil(far, () => far.ConnectCount));
    }

    [Fact]
    public void A_connection_that_does_not_come_about_is_given_up_after_its_time_out()
    {
        var far = new FarSide { ConnectFault = cancellation => Task.Delay(Timeout.Infinite, cancellation) };
        far.World.Do(far.Link.Start);
        far.World.Pass(far.Options.ConnectTimeout);
        Assert.Contains("within 10 s", Assert.Single(far.Notes), StringComparison.Ordinal);
        Assert.Equal(1, SecondsUntil(far, () => far.ConnectCount));
    }

    [Fact]
    public void After_a_sign_on_that_worked_the_next_try_comes_soon_again()
    {
        var far = new FarSide { ConnectFault = _ => throw new IOException("Connection refused") };
        far.World.Do(far.Link.Start);
        far.World.Pass(TimeSpan.FromSeconds(40));
        far.ConnectFault = null;
        SecondsUntil(far, () => far.ConnectCount);
        far.AnswerNetwork(far.Connections[0], "00");
        far.World.Do(far.Connections[0].Dispose);
        Assert.Equal(1, SecondsUntil(far, () => far.ConnectCount));
    }

    [Fact]
    public void An_echo_goes_into_sixty_seconds_of_silence_and_an_answer_keeps_the_connection()
    {
        var far = new FarSide().SignedOn();
        far.World.Pass(TimeSpan.FromSeconds(60) - TimeSpan.FromMilliseconds(1));
        Assert.Empty(far.Take());
        far.World.Pass(TimeSpan.FromMilliseconds(1));
        Assert.Equal("301", far.AnswerNetwork(far.Connections[0], "00").Text(70));
        far.World.Pass(TimeSpan.FromSeconds(59));
        Assert.Empty(far.Take());
        far.World.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal("301", Assert.Single(far.Take()).Text(70));
        Assert.Single(far.Connections);
    }

    [Fact]
    public void Whatever_is_heard_puts_the_echo_off()
    {
        var far = new FarSide().SignedOn();
        far.World.Pass(TimeSpan.FromSeconds(30));
        far.PutFrame("noise");
        far.World.Pass(TimeSpan.FromSeconds(59));
        Assert.Empty(far.Take());
        far.World.Pass(TimeSpan.FromSeconds(1));
        Assert.Single(far.Take());
    }

    [Fact]
    public void An_unanswered_echo_finds_a_half_open_connection_and_closes_it()
    {
        var far = new FarSide().SignedOn();
        far.World.Pass(TimeSpan.FromSeconds(50));
        far.Sent(far.Authorize());
        far.World.Pass(TimeSpan.FromSeconds(20));
        Assert.Equal([LinkStatus.Up, LinkStatus.Down], far.Statuses);
        Assert.True(far.NearEnds[0].IsClosed);
        Assert.Contains(far.Notes, note => note.Contains("an echo was not answered within 10 s", StringComparison.Ordinal));
    }

    [Fact]
    public void Stopping_signs_off_and_waits_no_longer_than_a_second_for_the_answer()
    {
        var far = new FarSide().SignedOn();
        Task? stopped = null;
        far.World.Do(() => stopped = far.Link.StopAsync());
        Assert.Equal("002", Assert.Single(far.Take()).Text(70));
        Assert.False(stopped!.IsCompleted);
        far.World.Pass(TimeSpan.FromSeconds(1));
        Assert.True(stopped.IsCompletedSuccessfully);
        Assert.True(far.NearEnds[0].IsClosed);
        Assert.False(far.Link.IsUp);
        Assert.Equal(1, far.ConnectCount);
    }

    [Fact]
    public void Stopping_while_nothing_is_connected_ends_at_once()
    {
        var far = new FarSide { ConnectFault = _ => throw new IOException("Connection refused") };
        far.World.Do(far.Link.Start);
        Task? stopped = null;
        far.World.Do(() => stopped = far.Link.StopAsync());
        Assert.True(stopped!.IsCompletedSuccessfully);
    }

    [Fact]
    public void Sign_ons_never_share_a_STAN()
    {
        var far = new FarSide(new LinkOptions { Connections = 3 });
        far.World.Do(far.Link.Start);
        Assert.Equal(
            ["999997", "999998", "999999"],
            far.Connections.Select(connection => Assert.Single(FarSide.Take(connection)).Text(11)).Order()
        );
    }

    /// <summary>Whole seconds until a count grows.</summary>
    private static int SecondsUntil(FarSide far, Func<int> count)
    {
        var before = count();
        for (var seconds = 1; seconds <= 200; seconds++)
        {
            far.World.Pass(TimeSpan.FromSeconds(1));
            if (count() > before)
                return seconds;
        }
        return -1;
    }
}
