using System.Net;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Shonin.MailAuthentication.Dns;

namespace Shonin.Specs.MailAuthentication;

public sealed class DnsSpecs
{
    [Fact]
    public async Task A_zone_answers_with_what_it_lists_in_any_case_and_through_CNAMEs()
    {
        var lookup = Zones.Of(
            """
            {"Example.com.":{"TXT":[["a","b"],["c"]],"A":["192.0.2.1"],"MX":[[10,"mx.example.com."]]},
             "alias.example":{"CNAME":["EXAMPLE.com."]}, "loop.example":{"CNAME":["loop.example"]}, "lost.example":{"CNAME":["gone.example"]},
             "spf.example":{"SPF":[["v=spf1"]],"PTR":["host.example."]}, "both.example":{"SPF":[["v=spf1"]],"TXT":[["t"]]}, "empty.example":{},
             "slow.example":{"*":"TIMEOUT","A":["192.0.2.2"]}, "refused.example":{"TXT":"REFUSED"}, "gone.example":{"TXT":"NXDOMAIN"}, "none.example":{"TXT":"NODATA"}}
            """
        );
        Assert.Equal(["ab", "c"], await TextsAsync(lookup, "example.COM"));
        Assert.Equal(["ab", "c"], await TextsAsync(lookup, "alias.example"));
        Assert.Equal(["v=spf1"], await TextsAsync(lookup, "spf.example"));
        Assert.Equal(["t"], await TextsAsync(lookup, "both.example"));
        Assert.Equal(new DnsRecord.Address(IPAddress.Parse("192.0.2.1")), await OneAsync(lookup, "example.com", DnsRecordType.A));
        Assert.Equal(new DnsRecord.MailExchange(10, "mx.example.com"), await OneAsync(lookup, "example.com", DnsRecordType.Mx));
        Assert.Equal(new DnsRecord.Pointer("host.example"), await OneAsync(lookup, "spf.example", DnsRecordType.Ptr));
        Assert.Equal(new DnsRecord.Address(IPAddress.Parse("192.0.2.2")), await OneAsync(lookup, "slow.example", DnsRecordType.A));
        Assert.IsType<DnsAnswer.TempFailure>(await AskAsync(lookup, "slow.example"));
        Assert.IsType<DnsAnswer.TempFailure>(await AskAsync(lookup, "refused.example"));
        Assert.IsType<DnsAnswer.TempFailure>(await AskAsync(lookup, "loop.example"));
        Assert.IsType<DnsAnswer.NxDomain>(await AskAsync(lookup, "gone.example"));
        Assert.IsType<DnsAnswer.NxDomain>(await AskAsync(lookup, "lost.example"));
        Assert.IsType<DnsAnswer.NxDomain>(await AskAsync(lookup, "unlisted.example"));
        Assert.IsType<DnsAnswer.NoData>(await AskAsync(lookup, "none.example"));
        Assert.IsType<DnsAnswer.NoData>(await AskAsync(lookup, "empty.example"));
    }

    [Fact]
    public async Task A_zone_that_was_written_by_hand_is_read_as_it_was_meant()
    {
        var lookup = Zones
            .Parse(
                """
                {"names":{"hand.example":{"txt":"v=spf1 -all","a":"192.0.2.1","aaaa":["2001:db8::1"],"mx":["10 mx.example.","20  mx2.example"],"Ptr":"host.example.","mx2":[1]},
                 "one.example.":{"MX":[5,"mx."],"TXT":["a b","c"]},"numbers.example":{"MX":[["7","mx"]]},"gone.example":"SERVFAIL",
                 "例え.jp":{"CNAME":"hand.example"},"to-idn.example":{"CNAME":["例え.jp."]}}}
                """
            )
            .Lookup;
        Assert.Equal(["v=spf1 -all"], await TextsAsync(lookup, "hand.example"));
        Assert.Equal(new DnsRecord.Address(IPAddress.Parse("192.0.2.1")), await OneAsync(lookup, "hand.example", DnsRecordType.A));
        Assert.Equal(new DnsRecord.Address(IPAddress.Parse("2001:db8::1")), await OneAsync(lookup, "HAND.example.", DnsRecordType.Aaaa));
        Assert.Equal(
            [new DnsRecord.MailExchange(10, "mx.example"), new DnsRecord.MailExchange(20, "mx2.example")],
            Assert.IsType<DnsAnswer.Records>(await lookup("hand.example", DnsRecordType.Mx, CancellationToken.None)).Items
        );
        Assert.Equal(new DnsRecord.Pointer("host.example"), await OneAsync(lookup, "hand.example", DnsRecordType.Ptr));
        Assert.Equal(new DnsRecord.MailExchange(5, "mx"), await OneAsync(lookup, "one.example", DnsRecordType.Mx));
        Assert.Equal(["a b", "c"], await TextsAsync(lookup, "one.example"));
        Assert.Equal(new DnsRecord.MailExchange(7, "mx"), await OneAsync(lookup, "numbers.example", DnsRecordType.Mx));
        Assert.IsType<DnsAnswer.TempFailure>(await AskAsync(lookup, "gone.example"));
        Assert.Equal(["v=spf1 -all"], await TextsAsync(lookup, "xn--r8jz45g.jp"));
        Assert.Equal(["v=spf1 -all"], await TextsAsync(lookup, "to-idn.example"));
        Assert.IsType<DnsAnswer.NxDomain>(await AskAsync(lookup, "unlisted.example"));
    }

    [Fact]
    public async Task A_recording_shows_what_was_asked_and_answered_in_order()
    {
        var recording = new DnsRecording(Zones.Of("""{"a.example":{"TXT":["x"]}}"""));
        await AskAsync(recording.LookupAsync, "a.example");
        await recording.LookupAsync("b.example", DnsRecordType.Mx, CancellationToken.None);
        Assert.Equal(
            ["a.example Txt Records", "b.example Mx NxDomain"],
            recording.Queries.Select(query => $"{query.Name} {query.Type} {query.Answer.GetType().Name}")
        );
    }

    [Theory]
    [InlineData("not json", "line 1, byte 1")]
    [InlineData("[]", "$")]
    [InlineData("""{"version":2,"names":{}}""", "$.version")]
    [InlineData("""{"version":1}""", "$.names")]
    [InlineData("""{"version":1,"default":"MAYBE","names":{}}""", "$.default")]
    [InlineData("""{"version":1,"names":{"a.b":[]}}""", "$.names[\"a.b\"]")]
    [InlineData("""{"version":1,"names":{"a.b":{"A":["1.2.3"],"B":1}}}""", "$.names[\"a.b\"].B")]
    [InlineData("""{"version":1,"names":{"a.b":{"A":["host"]}}}""", "$.names[\"a.b\"].A[0]")]
    [InlineData("""{"version":1,"names":{"a.b":{"TXT":[["a",1]]}}}""", "$.names[\"a.b\"].TXT[0][1]")]
    [InlineData("""{"version":1,"names":{"a.b":{"MX":[["mx",10]]}}}""", "$.names[\"a.b\"].MX[0][1]")]
    [InlineData("""{"version":1,"names":{"a.b":{"MX":["mx.example"]}}}""", "$.names[\"a.b\"].MX[0]")]
    [InlineData("""{"version":1,"names":{"a.b":{"MX":[[-1,"mx.example"]]}}}""", "$.names[\"a.b\"].MX[0]")]
    [InlineData("""{"version":1,"names":{"a.b":{"*":["192.0.2.1"]}}}""", "$.names[\"a.b\"].*")]
    [InlineData("""{"version":1,"names":{"a.b":"LATER"}}""", "$.names[\"a.b\"]")]
    [InlineData("""{"version":1,"names":{"a.b":{"CNAME":["c","d"]}}}""", "$.names[\"a.b\"].CNAME")]
    [InlineData("""{"version":1,"names":{"a.b":{"TXT":"SOON"}}}""", "$.names[\"a.b\"].TXT")]
    [InlineData("""{"version":1,"names":{"a.b":{"TXT":["\ud800"]}}}""", "$.names[\"a.b\"].TXT[0]")]
    [InlineData("""{"version":1,"names":{"a.b":{"TXT\udc00":[]}}}""", "$.names[\"a.b\"]")]
    [InlineData("""{"version":1,"names":{"\ud800.b":{}}}""", "$.names")]
    [InlineData("""{"version":1,"names":{},"\ud800":0}""", "$")]
    public void A_zone_that_cannot_be_read_says_where(string json, string path) =>
        Assert.Equal(path, Assert.IsType<ZoneFileParse.Malformed>(ZoneFile.Parse(Encoding.UTF8.GetBytes(json))).Path);

    [Fact]
    public async Task A_record_set_that_is_repeated_in_another_case_counts_once() =>
        Assert.Equal(["first"], await TextsAsync(Zones.Of("""{"example.com":{"TXT":["first"],"txt":["second"]}}"""), "example.com"));

    [Fact]
    public async Task The_cache_asks_once_while_an_answer_is_fresh_and_forgets_a_failure_sooner()
    {
        var clock = new FakeTimeProvider();
        var asked = new List<string>();
        var cache = new DnsCache(
            Counting(asked),
            clock,
            new DnsCacheLimits { Lifetime = TimeSpan.FromMinutes(5), FailureLifetime = TimeSpan.FromSeconds(10) }
        );
        await AskAsync(cache.LookupAsync, "a.example");
        await AskAsync(cache.LookupAsync, "A.EXAMPLE");
        await AskAsync(cache.LookupAsync, "fail.example");
        clock.Advance(TimeSpan.FromSeconds(9));
        await AskAsync(cache.LookupAsync, "fail.example");
        Assert.Equal(["a.example", "fail.example"], asked);
        clock.Advance(TimeSpan.FromSeconds(1));
        await AskAsync(cache.LookupAsync, "fail.example");
        clock.Advance(TimeSpan.FromMinutes(5));
        await AskAsync(cache.LookupAsync, "a.example");
        Assert.Equal(["a.example", "fail.example", "fail.example", "a.example"], asked);
    }

    [Fact]
    public async Task A_full_cache_drops_what_was_asked_for_longest_ago()
    {
        var asked = new List<string>();
        var cache = new DnsCache(Counting(asked), new FakeTimeProvider(), new DnsCacheLimits { EntryCountMax = 2 });
        foreach (var name in new[] { "a.example", "b.example", "a.example", "c.example", "a.example", "b.example" })
        {
            await AskAsync(cache.LookupAsync, name);
        }

        Assert.Equal(["a.example", "b.example", "c.example", "b.example"], asked);
    }

    [Fact]
    public async Task A_message_may_cost_so_many_look_ups_and_so_much_time()
    {
        var clock = new FakeTimeProvider();
        var bounded = Counting([]).Within(new DnsLimits { LookupCountMax = 2, TimeMax = TimeSpan.FromSeconds(20) }, clock);
        Assert.IsType<DnsAnswer.NxDomain>(await AskAsync(bounded, "a.example"));
        clock.Advance(TimeSpan.FromSeconds(19));
        Assert.IsType<DnsAnswer.NxDomain>(await AskAsync(bounded, "b.example"));
        Assert.Contains(
            "2 look-ups",
            Assert.IsType<DnsAnswer.TempFailure>(await AskAsync(bounded, "c.example")).Why,
            StringComparison.Ordinal
        );

        var late = Counting([]).Within(new DnsLimits { TimeMax = TimeSpan.FromSeconds(20) }, clock);
        clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Contains("20 s", Assert.IsType<DnsAnswer.TempFailure>(await AskAsync(late, "a.example")).Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_left_after_the_time_and_the_callers_own_stop_is_a_stop()
    {
        var clock = new FakeTimeProvider();
        DnsLookup silent = async (_, _, cancellation) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, clock, cancellation);
            return new DnsAnswer.NoData();
        };
        var waiting = silent.Within(DnsLimits.Default, clock)("a.example", DnsRecordType.Txt, CancellationToken.None);
        clock.Advance(TimeSpan.FromSeconds(20));
        Assert.IsType<DnsAnswer.TempFailure>(await waiting);

        using var stop = new CancellationTokenSource();
        var stopped = silent.Within(DnsLimits.Default, clock)("a.example", DnsRecordType.Txt, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await stopped);
    }

    private static DnsLookup Counting(List<string> asked) =>
        (name, _, _) =>
        {
            asked.Add(name);
            return ValueTask.FromResult<DnsAnswer>(
                name.StartsWith("fail", StringComparison.Ordinal) ? new DnsAnswer.TempFailure("down") : new DnsAnswer.NxDomain()
            );
        };

    private static ValueTask<DnsAnswer> AskAsync(DnsLookup lookup, string name) => lookup(name, DnsRecordType.Txt, CancellationToken.None);

    private static async Task<IEnumerable<string>> TextsAsync(DnsLookup lookup, string name) =>
        Assert.IsType<DnsAnswer.Records>(await AskAsync(lookup, name)).Items.Cast<DnsRecord.Text>().Select(record => record.Value);

    private static async Task<DnsRecord> OneAsync(DnsLookup lookup, string name, DnsRecordType type) =>
        Assert.Single(Assert.IsType<DnsAnswer.Records>(await lookup(name, type, CancellationToken.None)).Items);
}
