using System.Net;
using System.Net.Sockets;
using CsCheck;
using Shonin.CardNetwork.Line;
using Shonin.Iso8583;

namespace Shonin.Specs.CardNetwork.Line;

public sealed class LineSpecs
{
    private static readonly TimeSpan answerTimeout = TimeSpan.FromSeconds(2);

    [Fact]
    public void What_no_rule_fits_passes_untouched_both_ways()
    {
        var line = new Wires(LineScript.Demo(answerTimeout));
        var request = Request("4242424242424242", "N1", 1);
        Assert.Equal(request, line.ToCardCompany(request));
        Assert.Equal(AnswerTo(request), line.ToMerchant(AnswerTo(request)));
        Assert.Empty(line.Log);
    }

    [Fact]
    public void The_first_request_of_the_second_order_of_0135_is_lost_however_often_the_first_order_is_asked_for()
    {
        var line = new Wires(LineScript.Demo(answerTimeout));
        Assert.NotEmpty(line.ToCardCompany(Request("4000000000000135", "N1", 1)));
        Assert.NotEmpty(line.ToCardCompany(Request("4000000000000135", "N1", 2)));
        Assert.Empty(line.ToCardCompany(Request("4000000000000135", "N2", 3)));
        Assert.NotEmpty(line.ToCardCompany(Request("4000000000000135", "N2", 4)));
        Assert.NotEmpty(line.ToCardCompany(Request("4000000000000135", "N1", 5)));
        Assert.NotEmpty(line.ToCardCompany(Request("4000000000000135", "N3", 6)));
    }

    [Fact]
    public void The_first_request_of_each_order_of_0119_is_lost()
    {
        var line = new Wires(LineScript.Demo(answerTimeout));
        foreach (var order in new[] { "N1", "N2" })
        {
            Assert.Empty(line.ToCardCompany(Request("4000000000000119", order, 1)));
            Assert.NotEmpty(line.ToCardCompany(Request("4000000000000119", order, 1, type: "0420")));
            Assert.NotEmpty(line.ToCardCompany(Request("4000000000000119", order, 2)));
        }
        Assert.Equal("→ lost the request 0100 of order N1 on card …0119 (the first request of each order is lost)", line.Log[0]);
        Assert.Equal(2, line.Log.Count);
    }

    [Fact]
    public void The_answer_to_each_order_s_first_request_of_0259_is_lost()
    {
        var line = new Wires(LineScript.Demo(answerTimeout));
        var (first, second) = (Request("4000000000000259", "N1", 1), Request("4000000000000259", "N1", 2));
        Assert.NotEmpty(line.ToCardCompany(first));
        Assert.Empty(line.ToMerchant(AnswerTo(first)));
        Assert.NotEmpty(line.ToCardCompany(second));
        Assert.NotEmpty(line.ToMerchant(AnswerTo(second)));
        Assert.Equal(
            "← lost the answer to the request 0100 of order N1 on card …0259 (the answer to each order's first request is lost)",
            Assert.Single(line.Log)
        );
    }

    [Fact]
    public void The_answer_to_each_order_s_first_request_of_0341_takes_twice_the_time_out_and_others_overtake_it()
    {
        var line = new Wires(LineScript.Demo(answerTimeout));
        var (slow, quick) = (Request("4000000000000341", "N1", 1), Request("4000000000000341", "N1", 2));
        line.ToCardCompany(slow);
        line.ToCardCompany(quick);
        Assert.Empty(line.ToMerchant(AnswerTo(slow)));
        Assert.NotEmpty(line.ToMerchant(AnswerTo(quick)));
        line.World.Pass(answerTimeout * 2 - TimeSpan.FromMilliseconds(1));
        Assert.Empty(line.Merchant.TakeAll());
        line.World.Pass(TimeSpan.FromMilliseconds(1));
        Assert.Equal(AnswerTo(slow), line.Merchant.TakeAll());
    }

    [Theory]
    [InlineData(0, 1, "x....")]
    [InlineData(1, 2, ".xx..")]
    [InlineData(3, int.MaxValue, "...xx")]
    public void A_rule_s_turn_comes_after_those_it_skips_and_ends_after_those_it_befalls(int skip, int first, string fates)
    {
        var line = new Wires(new LineScript([Rule(LineAction.Lose.Instance) with { Skip = skip, First = first }]));
        Assert.Equal(
            fates,
            string.Concat(
                Enumerable.Range(1, 5).Select(stan => line.ToCardCompany(Request("4242424242424242", "N1", stan)).Length == 0 ? 'x' : '.')
            )
        );
    }

    [Theory]
    [InlineData(LineGroup.Line, "x...")]
    [InlineData(LineGroup.Card, "x..x")]
    [InlineData(LineGroup.Order, "x.xx")]
    public void A_rule_counts_per_line_card_or_order(LineGroup per, string fates)
    {
        var line = new Wires(new LineScript([Rule(LineAction.Lose.Instance) with { Per = per, First = 1 }]));
        byte[][] requests =
        [
            Request("4242424242424242", "N1", 1),
            Request("4242424242424242", "N1", 2),
            Request("4242424242424242", "N2", 3),
            Request("4000000000000002", "N3", 4),
        ];
        Assert.Equal(fates, string.Concat(requests.Select(request => line.ToCardCompany(request).Length == 0 ? 'x' : '.')));
    }

    [Theory]
    [InlineData("4000000000000002", "N1", "0100", false)]
    [InlineData("4242424242424242", "N2", "0100", false)]
    [InlineData("4242424242424242", "N1", "0101", false)]
    [InlineData("4242424242424242", "N1", "0100", true)]
    public void Card_order_and_type_must_all_fit(string card, string order, string type, bool fits)
    {
        var line = new Wires(
            new LineScript([Rule(LineAction.Lose.Instance) with { CardEndsWith = "4242", Order = "N1", Requests = ["0100", "0420"] }])
        );
        Assert.Equal(fits, line.ToCardCompany(Request(card, order, 1, type)).Length == 0);
    }

    [Fact]
    public void A_repeated_request_arrives_so_many_times_more()
    {
        var line = new Wires(new LineScript([Rule(new LineAction.Repeat(2, TimeSpan.FromSeconds(1)))]));
        var request = Request("4242424242424242", "N1", 1);
        Assert.Equal(request, line.ToCardCompany(request));
        line.World.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(request, line.CardCompany.TakeAll());
        line.World.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(request, line.CardCompany.TakeAll());
        line.World.Pass(TimeSpan.FromSeconds(10));
        Assert.Empty(line.CardCompany.TakeAll());
    }

    [Fact]
    public void A_cut_message_arrives_in_part_and_both_sides_are_closed()
    {
        var line = new Wires(new LineScript([Rule(new LineAction.Cut(20))]));
        var request = Request("4242424242424242", "N1", 1);
        Assert.Equal(request[..20], line.ToCardCompany(request));
        Assert.True(line.IsOver);
        Assert.Empty(line.ToCardCompany(request));
    }

    [Fact]
    public void A_garbled_message_keeps_its_length_and_cannot_be_read()
    {
        var line = new Wires(new LineScript([Rule(LineAction.Garble.Instance)]));
        var request = Request("4242424242424242", "N1", 1);
        var arrived = line.ToCardCompany(request);
        Assert.Equal(request[..2], arrived[..2]);
        Assert.Equal(request.Length, arrived.Length);
        Assert.IsType<ParseResult.Malformed>(MessageFormat.Profile(WireEncoding.Ascii).Parse(arrived.AsMemory(2)));
    }

    [Fact]
    public void A_held_connection_stays_open_and_carries_nothing_either_way()
    {
        var line = new Wires(new LineScript([Rule(LineAction.Hold.Instance) with { Skip = 1 }]));
        var (first, second) = (Request("4242424242424242", "N1", 1), Request("4242424242424242", "N1", 2));
        Assert.NotEmpty(line.ToCardCompany(first));
        Assert.Empty(line.ToCardCompany(second));
        Assert.Empty(line.ToMerchant(AnswerTo(first)));
        Assert.False(line.IsOver);
        line.World.Do(line.Merchant.Dispose);
        Assert.True(line.IsOver);
    }

    [Fact]
    public void A_rule_may_close_the_connection_instead_of_carrying()
    {
        var line = new Wires(new LineScript([Rule(LineAction.Close.Instance) with { Affects = LinePart.Answer }]));
        var request = Request("4242424242424242", "N1", 1);
        Assert.NotEmpty(line.ToCardCompany(request));
        Assert.Empty(line.ToMerchant(AnswerTo(request)));
        Assert.True(line.IsOver);
    }

    [Fact]
    public void The_end_of_one_side_ends_the_other_after_what_was_under_way()
    {
        var line = new Wires(LineScript.Honest);
        var request = Request("4242424242424242", "N1", 1);
        line.World.Do(() =>
        {
            line.Merchant.Put(request);
            line.Merchant.Put([0, 50, 1]);
            line.Merchant.Dispose();
        });
        Assert.Equal([.. request, 0, 50, 1], line.CardCompany.TakeAll());
        Assert.True(line.IsOver);
    }

    [Fact]
    public void Stopping_the_line_closes_its_connections()
    {
        var line = new Wires(LineScript.Honest);
        line.World.Do(line.Stopping.Cancel);
        Assert.True(line.IsOver);
    }

    [Fact]
    public void Whatever_bytes_come_in_whatever_pieces_an_honest_line_carries_exactly_them() =>
        Gen
            .Byte.Array[0, 200]
            .Array[1, 8]
            .Sample(
                pieces =>
                {
                    var line = new Wires(LineScript.Demo(answerTimeout));
                    line.World.Do(() =>
                    {
                        foreach (var piece in pieces)
                            line.Merchant.Put(piece);
                        line.Merchant.Dispose();
                    });
                    Assert.Equal(pieces.SelectMany(piece => piece), line.CardCompany.TakeAll());
                },
                iter: Walks.Times(100)
            );

    [Fact]
    public void The_log_shows_no_card_number()
    {
        var line = new Wires(new LineScript([Rule(LineAction.Lose.Instance)]));
        line.ToCardCompany(Request("4242424242424242", "4242424242424242", 1));
        Assert.Equal("→ lost the request 0100 of order (hidden) on card …4242 (rule)", Assert.Single(line.Log));
    }

    [Fact]
    public async Task Over_TCP_it_listens_connects_and_carries()
    {
        using var company = new TcpListener(IPAddress.Loopback, 0);
        company.Start();
        using var stopping = new CancellationTokenSource();
        var listening = new TaskCompletionSource<EndPoint>(TaskCreationOptions.RunContinuationsAsynchronously);
        var log = new List<string>();
        var options = new LineOptions("127.0.0.1:0", company.LocalEndpoint.ToString()!, LineScript.Demo(answerTimeout));
        var running = LineApplication.RunAsync(options, TimeProvider.System, log.Add, listening.SetResult, stopping.Token);

        using var merchant = new TcpClient();
        await merchant.ConnectAsync((IPEndPoint)await listening.Task);
        using var accepted = await company.AcceptTcpClientAsync();
        var (lost, carried) = (Request("4000000000000119", "N1", 1), Request("4000000000000119", "N1", 2));
        await merchant.GetStream().WriteAsync((byte[])[.. lost, .. carried]);
        var arrived = new byte[carried.Length];
        await accepted.GetStream().ReadExactlyAsync(arrived);
        Assert.Equal(carried, arrived);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z #1 → lost the request 0100 of order N1", Assert.Single(log));

        await stopping.CancelAsync();
        await running;
    }

    [Theory]
    [InlineData("nowhere", "127.0.0.1:1", "--listen"), InlineData("127.0.0.1:0", "nowhere", "--to")]
    public async Task An_address_that_is_none_is_refused_by_the_option_s_name(string listen, string to, string option) =>
        Assert.StartsWith(
            option,
            (
                await Assert.ThrowsAsync<ArgumentException>(() =>
                    LineApplication.RunAsync(
                        new LineOptions(listen, to, LineScript.Honest),
                        TimeProvider.System,
                        _ => { },
                        _ => { },
                        default
                    )
                )
            ).Message,
            StringComparison.Ordinal
        );

    private static LineRule Rule(LineAction action) => new("rule") { Action = action };

    private static byte[] Request(string card, string order, int stan, string type = "0100") =>
        Framed(
            new Message(Mti.Parse(type))
                .Set(2, card)
                .Set(7, "1123150405")
                .Set(11, stan)
                .Set(32, "100001")
                .Set(41, "SHONIN01")
                .Set(62, order)
        );

    private static byte[] AnswerTo(byte[] request)
    {
        var message = Assert.IsType<ParseResult.Parsed>(MessageFormat.Profile(WireEncoding.Ascii).Parse(request.AsMemory(2))).Message;
        return Framed(new Message(message.Mti.Answer()).SetFrom(message, 7, 11, 32, 41).Set(39, "00"));
    }

    private static byte[] Framed(Message message)
    {
        var bytes = new byte[Frame.LengthBytes + Frame.MessageBytesMax];
        return bytes[
            ..Assert.IsType<WriteResult.Written>(Frame.Write(MessageFormat.Profile(WireEncoding.Ascii), message, bytes)).ByteCount
        ];
    }

    /// <summary>A line in a world of one thread, its two ends in the spec's hands.</summary>
    private sealed class Wires
    {
        private readonly Task running;

        internal Wires(LineScript script)
        {
            var (near, far) = (new DuplexPair(), new DuplexPair());
            (Merchant, CardCompany) = (near.Near, far.Far);
            Task? started = null;
            World.Do(() =>
                started = new LineConnection(new LineCourse(script, WireEncoding.Ascii), World.Clock, Log.Add).RunAsync(
                    near.Far,
                    far.Near,
                    Stopping.Token
                )
            );
            running = started!;
        }

        internal OneThread World { get; } = new();
        internal DuplexPair.End Merchant { get; }
        internal DuplexPair.End CardCompany { get; }
        internal List<string> Log { get; } = [];
        internal CancellationTokenSource Stopping { get; } = new();
        internal bool IsOver => running.IsCompletedSuccessfully;

        /// <summary>The merchant sends; what arrives at once.</summary>
        internal byte[] ToCardCompany(byte[] bytes)
        {
            World.Do(() => Merchant.Put(bytes));
            return CardCompany.TakeAll();
        }

        internal byte[] ToMerchant(byte[] bytes)
        {
            World.Do(() => CardCompany.Put(bytes));
            return Merchant.TakeAll();
        }
    }
}
