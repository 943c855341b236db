using CsCheck;
using Shonin.CardNetwork.Link;
using Shonin.Domain;
using Shonin.Domain.Approvals;
using Shonin.Iso8583;

namespace Shonin.Specs.CardNetwork.Link;

public sealed class CardNetworkLinkSpecs
{
    [Fact]
    public void An_answer_comes_back_with_all_that_the_merchant_may_know()
    {
        var far = new FarSide().SignedOn();
        var outcome = Assert.IsType<SendOutcome.Sent>(far.Sent(far.Authorize()));
        Assert.Equal(far.World.Clock.GetUtcNow(), outcome.At);
        far.Put(FarSide.AnswerTo(Assert.Single(far.Take()), "51").Set(38, "A1B2C3").Set(44, "G54").Set(48, "8402038701N").Set(63, "TX-9"));
        Assert.Equal(
            new NetworkAnswer(
                AnswerKind.Authorization,
                "1123150405-000042",
                "RRN000000042",
                "51",
                "A1B2C3",
                "03",
                "G54",
                "N",
                new Money(15000, Currency.Jpy),
                "TX-9",
                far.World.Clock.GetUtcNow(),
                AnswerMatch.First
            ),
            Assert.Single(far.Answers)
        );
        Assert.Empty(far.Evidence);
    }

    [Fact]
    public void Many_requests_are_in_flight_and_answers_come_in_any_order()
    {
        var far = new FarSide().SignedOn();
        var stans = Enumerable.Range(1, 100).ToArray();
        foreach (var stan in stans)
            Assert.IsType<SendOutcome.Sent>(far.Sent(far.Authorize(stan)));
        Assert.Equal(100, far.Link.InFlightCount);
        foreach (var request in far.Take().AsEnumerable().Reverse())
            far.Put(FarSide.AnswerTo(request, "00"));
        Assert.Equal(stans.Reverse().Select(stan => $"1123150405-{stan:000000}"), far.Answers.Select(answer => answer.WireKey));
        Assert.All(far.Answers, answer => Assert.Equal(AnswerMatch.First, answer.Match));
        Assert.Equal(0, far.Link.InFlightCount);
    }

    [Fact]
    public void Requests_that_gather_while_a_write_runs_go_out_in_one_write()
    {
        var far = new FarSide().SignedOn();
        var slow = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var writeCount = far.NearEnds[0].WriteCount;
        far.NearEnds[0].WriteFault = _ => slow.Task;
        var sends = Enumerable.Range(1, 11).Select(stan => far.SendAsync(far.Authorize(stan))).ToArray();
        Assert.Equal(1, sends.Count(send => send.IsCompleted));
        far.World.Do(slow.SetResult);
        Assert.All(sends, send => Assert.IsType<SendOutcome.Sent>(OneThread.Result(send)));
        Assert.Equal(writeCount + 2, far.NearEnds[0].WriteCount);
        Assert.Equal(11, far.Take().Count);
    }

    [Fact]
    public void A_late_answer_and_a_repeated_one_are_both_delivered()
    {
        var far = new FarSide().SignedOn();
        far.Sent(far.Authorize());
        var request = Assert.Single(far.Take());
        far.World.Pass(TimeSpan.FromSeconds(50));
        far.Put(FarSide.AnswerTo(request, "00"));
        far.Put(FarSide.AnswerTo(request, "05"));
        Assert.Equal(
            [("00", AnswerMatch.First), ("05", AnswerMatch.Repeated)],
            far.Answers.Select(answer => (answer.ResponseCode, answer.Match))
        );
    }

    [Fact]
    public void An_answer_to_a_request_that_this_link_never_sent_is_delivered_as_unmatched()
    {
        var far = new FarSide().SignedOn();
        far.Put(Answer("0110", stan: 77));
        Assert.Equal(("1123150405-000077", AnswerMatch.Unmatched), (Assert.Single(far.Answers).WireKey, far.Answers[0].Match));
    }

    [Fact]
    public void An_answer_on_another_connection_than_the_request_s_is_recognised()
    {
        var far = new FarSide(new LinkOptions { Connections = 2 }).SignedOn();
        far.Sent(far.Authorize());
        far.Put(FarSide.AnswerTo(Assert.Single(far.Take()), "00"), far.Connections[1]);
        Assert.Equal(AnswerMatch.First, Assert.Single(far.Answers).Match);
    }

    [Fact]
    public void A_reversal_and_its_repeat_share_a_key_and_answers_to_either_count()
    {
        var far = new FarSide().SignedOn();
        far.Sent(Reverse(far, repeat: 0));
        far.Sent(Reverse(far, repeat: 1));
        var requests = far.Take();
        Assert.Equal(["0420", "0421"], requests.Select(request => request.Mti.ToString()));
        foreach (var request in requests)
            far.Put(FarSide.AnswerTo(request, "00"));
        Assert.Equal([AnswerMatch.First, AnswerMatch.Repeated], far.Answers.Select(answer => answer.Match));
        Assert.All(far.Answers, answer => Assert.Equal((AnswerKind.Reversal, "1123150435-000043"), (answer.Kind, answer.WireKey)));
    }

    [Fact]
    public void An_answer_of_another_kind_with_the_same_key_does_not_belong_to_the_request()
    {
        var far = new FarSide().SignedOn();
        far.Sent(far.Authorize());
        far.Put(Answer("0430", stan: 42));
        Assert.Equal((AnswerKind.Reversal, AnswerMatch.Unmatched), (Assert.Single(far.Answers).Kind, far.Answers[0].Match));
        Assert.Equal(1, far.Link.InFlightCount);
    }

    [Theory]
    [InlineData("0410", LinkEvidenceKind.UnexpectedType)]
    [InlineData("0100", LinkEvidenceKind.UnexpectedType)]
    [InlineData("0800", LinkEvidenceKind.UnexpectedType)]
    [InlineData("0210", LinkEvidenceKind.UnexpectedType)]
    [InlineData("0130", LinkEvidenceKind.UnexpectedType)]
    [InlineData("0810", LinkEvidenceKind.StrayNetworkAnswer)]
    public void A_message_that_answers_no_request_of_ours_is_evidence_and_gets_no_answer(string type, LinkEvidenceKind kind)
    {
        var far = new FarSide().SignedOn();
        far.Sent(far.Authorize());
        far.Take();
        far.Put(Answer(type, stan: 42));
        Assert.Equal(kind, Assert.Single(far.Evidence).Kind);
        Assert.Empty(far.Answers);
        Assert.Empty(far.Take());
        Assert.True(far.Link.IsUp);
    }

    [Theory]
    [InlineData(41, "SHONIN02", LinkEvidenceKind.ForeignKey)]
    [InlineData(32, "100002", LinkEvidenceKind.ForeignKey)]
    [InlineData(41, null, LinkEvidenceKind.Incomplete)]
    [InlineData(32, null, LinkEvidenceKind.Incomplete)]
    [InlineData(7, null, LinkEvidenceKind.Incomplete)]
    [InlineData(11, null, LinkEvidenceKind.Incomplete)]
    [InlineData(39, null, LinkEvidenceKind.Incomplete)]
    [InlineData(39, "  ", LinkEvidenceKind.Incomplete)]
    public void An_answer_with_another_s_key_or_without_its_own_is_evidence_and_no_answer(int field, string? value, LinkEvidenceKind kind)
    {
        var far = new FarSide().SignedOn();
        far.Sent(far.Authorize());
        var answer = FarSide.AnswerTo(Assert.Single(far.Take()), "00");
        far.Put(value is null ? answer.Remove(field) : answer.Set(field, value));
        Assert.Equal(kind, Assert.Single(far.Evidence).Kind);
        Assert.Empty(far.Answers);
    }

    [Fact]
    public void A_reversal_of_what_an_earlier_terminal_asked_is_sent_and_answered_under_that_terminal()
    {
        var far = new FarSide().SignedOn();
        var earlier = new WireSender("100009", "OLDSHOP1");
        far.Sent(
            new NetworkRequest.Reverse(
                FarSide.FirstClaim with
                {
                    Stan = 50,
                    Sender = earlier,
                },
                far.Card.Token,
                new Money(15000, Currency.Jpy),
                "N1002",
                FarSide.FirstClaim with
                {
                    Sender = earlier,
                },
                "A1B2C3",
                ReversalReason.CustomerCancelled,
                0
            )
        );
        var sent = Assert.Single(far.Take());
        Assert.Equal(("100009", "OLDSHOP1"), (sent.Text(32), sent.Text(41)));
        Assert.Equal(100_009, Assert.IsType<FieldReading<OriginalData>.Read>(OriginalData.Parse(sent.Bytes(90))).Value.Acquirer);
        far.Put(FarSide.AnswerTo(sent, "00"));
        var answer = Assert.Single(far.Answers);
        Assert.Equal((FarSide.FirstClaim with { Stan = 50 }).WireKey, answer.WireKey);
        Assert.Equal((earlier, AnswerMatch.First), (answer.Sender, answer.Match));
        Assert.Empty(far.Evidence);
        far.Put(FarSide.AnswerTo(sent, "00").Set(11, 51));
        Assert.Equal(LinkEvidenceKind.ForeignKey, Assert.Single(far.Evidence).Kind);
    }

    [Fact]
    public void An_answer_is_delivered_though_its_elements_cannot_be_read_and_that_is_noted()
    {
        var far = new FarSide().SignedOn();
        far.Sent(far.Authorize());
        far.Put(FarSide.AnswerTo(Assert.Single(far.Take()), "05").Set(48, "8499"));
        Assert.Equal(("05", null), (Assert.Single(far.Answers).ResponseCode, far.Answers[0].AdviceCode));
        Assert.Equal(LinkEvidenceKind.ElementsUnreadable, Assert.Single(far.Evidence).Kind);
    }

    [Fact]
    public void Garbage_in_a_frame_is_evidence_and_the_connection_goes_on()
    {
        var far = new FarSide().SignedOn();
        far.Sent(far.Authorize());
        far.PutFrame("this is no message");
        var evidence = Assert.Single(far.Evidence);
        Assert.Equal((LinkEvidenceKind.Unparsable, 18, 64), (evidence.Kind, evidence.SizeBytes, evidence.Digest.Length));
        far.Put(FarSide.AnswerTo(Assert.Single(far.Take()), "00"));
        Assert.Equal("00", Assert.Single(far.Answers).ResponseCode);
    }

    [Theory]
    [InlineData("0000", LinkEvidenceKind.BadFraming)]
    [InlineData("FFFF", LinkEvidenceKind.BadFraming)]
    [InlineData("1001", LinkEvidenceKind.BadFraming)]
    public void Broken_framing_closes_the_connection_and_a_new_one_is_made(string bytes, LinkEvidenceKind kind)
    {
        var far = new FarSide().SignedOn();
        far.PutBytes(Convert.FromHexString(bytes));
        Assert.Equal(kind, Assert.Single(far.Evidence).Kind);
        Assert.Equal([LinkStatus.Up, LinkStatus.Down], far.Statuses);
        far.World.Pass(TimeSpan.FromSeconds(1));
        far.AnswerNetwork(far.Connections[1], "00");
        Assert.True(far.Link.IsUp);
    }

    [Fact]
    public void Half_a_message_and_then_the_end_is_evidence()
    {
        var far = new FarSide().SignedOn();
        far.Sent(far.Authorize());
        far.World.Do(() =>
        {
            far.Connections[0].Put(Convert.FromHexString("00503031"));
            far.Connections[0].Dispose();
        });
        Assert.Equal((LinkEvidenceKind.CutOff, 4), (Assert.Single(far.Evidence).Kind, far.Evidence[0].SizeBytes));
        Assert.Equal(LinkStatus.Down, far.Statuses[^1]);
        Assert.Empty(far.Answers);
    }

    [Fact]
    public void A_request_of_a_connection_that_died_gets_no_answer_and_holds_up_no_other()
    {
        var far = new FarSide(new LinkOptions { Connections = 1, InFlightCountMax = 1 }).SignedOn();
        far.Sent(far.Authorize(1));
        var request = Assert.Single(far.Take());
        far.World.Do(far.Connections[0].Dispose);
        far.World.Pass(TimeSpan.FromSeconds(1));
        far.AnswerNetwork(far.Connections[1], "00");
        Assert.Equal(0, far.Link.InFlightCount);
        Assert.IsType<SendOutcome.Sent>(far.Sent(far.Authorize(2)));
        far.Put(FarSide.AnswerTo(request, "00"), far.Connections[1]);
        Assert.Equal(AnswerMatch.First, Assert.Single(far.Answers).Match);
    }

    [Fact]
    public void Whatever_bytes_come_nothing_crashes_and_nothing_is_answered() =>
        Gen
            .Byte.Array[0, 300]
            .Array[1, 5]
            .Sample(
                chunks =>
                {
                    var far = new FarSide(new LinkOptions { Connections = 1, WriteQueueSizeMaxBytes = 8192 }).SignedOn();
                    far.Take();
                    foreach (var chunk in chunks)
                        far.PutBytes(chunk, far.Connections[0]);
                    Assert.Empty(far.Faults);
                    Assert.Empty(far.Take(0));
                    far.World.Do(far.Connections[0].Dispose);
                    Assert.False(far.Link.IsUp);
                },
                iter: Walks.Times(100)
            );

    [Fact]
    public void Nothing_that_is_told_or_kept_shows_a_card_number()
    {
        var far = new FarSide().SignedOn();
        far.Sent(far.Authorize());
        var request = Assert.Single(far.Take());
        far.Put(request); // sent back as it was, number and security code in it
        far.Put(FarSide.AnswerTo(request, "00").Set(2, "4242424242424242").Set(41, "OTHER"));
        far.Put(FarSide.AnswerTo(request, "00").Set(48, "9203123"));
        far.PutFrame("0110F0 4242424242424242");
        var told = string.Concat([.. far.Evidence, .. far.Answers, .. far.Notes, request.ToString(), .. far.Faults]);
        Assert.Equal(3, far.Evidence.Count);
        Assert.DoesNotContain("42424", told, StringComparison.Ordinal);
        Assert.DoesNotContain("9203123", told, StringComparison.Ordinal);
    }

    [Fact]
    public void A_handler_that_throws_costs_its_answer_alone_which_becomes_evidence_and_is_told()
    {
        var far = new FarSide().SignedOn();
        far.OnAnswer = _ => throw new InvalidOperationException("broken");
        far.Put(Answer("0110", stan: 1));
        Assert.Equal("broken", Assert.Single(far.Faults).Message);
        Assert.Equal(LinkEvidenceKind.NotTaken, Assert.Single(far.Evidence).Kind);
        Assert.Contains("Authorization 1123150405-000001, RRN RRN000000042, answered 00", far.Evidence[0].What, StringComparison.Ordinal);
        Assert.True(far.Link.IsUp);
        Assert.Equal(0, far.Link.AnswersInHandCount);
    }

    [Fact]
    public void An_answer_whose_order_takes_for_ever_holds_up_neither_the_next_one_nor_an_echo_nor_the_connection_s_end()
    {
        var far = new FarSide(new LinkOptions { Connections = 1, EchoAfter = TimeSpan.FromSeconds(5) }).SignedOn();
        var begun = new List<string>();
        far.OnAnswer = async answer =>
        {
            begun.Add(answer.WireKey);
            await (answer.WireKey.EndsWith("000001", StringComparison.Ordinal) ? new TaskCompletionSource().Task : Task.CompletedTask);
        };
        far.Put(Answer("0110", stan: 1));
        far.Put(Answer("0110", stan: 2));
        Assert.Equal(["1123150405-000001", "1123150405-000002"], begun);
        far.World.Pass(TimeSpan.FromSeconds(6));
        far.AnswerNetwork(far.Connections[0], "00");
        far.World.Pass(TimeSpan.FromSeconds(1));
        Assert.True(far.Link.IsUp);
        far.World.Do(far.Connections[0].Dispose);
        Assert.False(far.Link.IsUp);
        far.World.Pass(TimeSpan.FromSeconds(1));
        far.AnswerNetwork(far.Connections[1], "00");
        Assert.True(far.Link.IsUp);
        Assert.Equal(1, far.Link.AnswersInHandCount);
    }

    [Fact]
    public void Evidence_that_cannot_be_written_holds_up_nothing()
    {
        var far = new FarSide().SignedOn();
        far.OnEvidence = _ => throw new IOException("No space left on device");
        far.PutFrame("this is no message");
        far.OnEvidence = _ => new ValueTask(new TaskCompletionSource().Task);
        far.PutFrame("nor is this");
        far.Put(Answer("0110", stan: 1));
        Assert.Single(far.Answers);
        Assert.Equal("No space left on device", Assert.Single(far.Faults).Message);
        Assert.True(far.Link.IsUp);
    }

    [Fact]
    public void Stopping_waits_for_no_handler()
    {
        var far = new FarSide().SignedOn();
        far.OnAnswer = _ => new ValueTask(new TaskCompletionSource().Task);
        far.Put(Answer("0110", stan: 1));
        Task? stopped = null;
        far.World.Do(() => stopped = far.Link.StopAsync());
        far.World.Pass(far.Options.SignOffTimeout);
        Assert.True(stopped!.IsCompletedSuccessfully);
    }

    [Fact]
    public void Answers_in_hand_are_bounded_and_one_beyond_becomes_evidence()
    {
        var far = new FarSide(new LinkOptions { Connections = 1, AnswersInHandMax = 2 }).SignedOn();
        var slow = new TaskCompletionSource();
        far.OnAnswer = _ => new ValueTask(slow.Task);
        foreach (var stan in new[] { 1, 2 })
            far.Put(Answer("0110", stan));
        Assert.Empty(far.Evidence);
        far.Put(Answer("0110", stan: 3));
        Assert.Equal(LinkEvidenceKind.NotTaken, Assert.Single(far.Evidence).Kind);
        far.World.Do(slow.SetResult);
        Assert.Equal(0, far.Link.AnswersInHandCount);
        far.Put(Answer("0110", stan: 4));
        Assert.Single(far.Evidence);
    }

    [Fact]
    public void Answers_to_one_request_fill_the_place_of_no_other()
    {
        var far = new FarSide(
            new LinkOptions
            {
                Connections = 1,
                AnswersInHandMax = 4,
                AnswersInHandOfRequestMax = 2,
            }
        ).SignedOn();
        far.OnAnswer = _ => new ValueTask(new TaskCompletionSource().Task);
        for (var repeat = 0; repeat < 10; repeat++)
            far.Put(Answer("0110", stan: 1));
        Assert.Equal(8, far.Evidence.Count);
        far.Put(Answer("0110", stan: 2));
        Assert.Equal((8, 3), (far.Evidence.Count, far.Link.AnswersInHandCount));
    }

    [Fact]
    public void The_memory_of_sent_requests_is_bounded_by_count_and_age()
    {
        var far = new FarSide(
            new LinkOptions
            {
                Connections = 1,
                MemoryCountMax = 2,
                MemoryFor = TimeSpan.FromMinutes(1),
            }
        ).SignedOn();
        foreach (var stan in new[] { 1, 2, 3 })
            far.Sent(far.Authorize(stan));
        var requests = far.Take();
        far.Put(FarSide.AnswerTo(requests[0], "00"));
        far.Put(FarSide.AnswerTo(requests[1], "00"));
        far.World.Do(() => far.World.Clock.Advance(TimeSpan.FromMinutes(1)));
        far.Put(FarSide.AnswerTo(requests[2], "00"));
        Assert.Equal([AnswerMatch.Unmatched, AnswerMatch.First, AnswerMatch.Unmatched], far.Answers.Select(answer => answer.Match));
    }

    private static NetworkRequest.Reverse Reverse(FarSide far, int repeat) =>
        new(
            new Claim(43, "RRN000000043", FarSide.FirstClaim.TransmittedAt.AddSeconds(30)),
            far.Card.Token,
            new Money(15000, Currency.Jpy),
            "N1002",
            FarSide.FirstClaim,
            null,
            ReversalReason.AnswerLateOrNever,
            repeat
        );

    private static Message Answer(string type, int stan) =>
        new Message(Mti.Parse(type))
            .Set(7, "1123150405")
            .Set(11, stan)
            .Set(32, "100001")
            .Set(37, "RRN000000042")
            .Set(39, "00")
            .Set(41, "SHONIN01")
            .Set(42, "SHONINSHOP");
}
