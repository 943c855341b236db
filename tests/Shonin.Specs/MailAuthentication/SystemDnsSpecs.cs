using System.Net;
using System.Text;
using CsCheck;
using Shonin.MailAuthentication.Dns;

namespace Shonin.Specs.MailAuthentication;

[RealParts]
public sealed class SystemDnsSpecs
{
    private const int A = 1;
    private const int Cname = 5;
    private const int Ptr = 12;
    private const int Mx = 15;
    private const int Aaaa = 28;

    [Fact]
    public async Task Every_type_is_read_as_it_stands_in_the_answer()
    {
        await using var server = new LoopbackDns(question =>
            question.Answer(
                0,
                question.Type switch
                {
                    A => [DnsQuestion.Record(A, 192, 0, 2, 1), DnsQuestion.Record(A, 192, 0, 2, 2)],
                    Aaaa => [DnsQuestion.Record(Aaaa, IPAddress.Parse("2001:db8::1").GetAddressBytes())],
                    Mx => [DnsQuestion.Host(Mx, "mx.xn--r8jz45g.jp", 0, 10), DnsQuestion.Record(Mx, 0, 0, 0)],
                    Ptr => [DnsQuestion.Host(Ptr, "host.example.com")],
                    _ => [],
                }
            )
        );
        Assert.Equal(
            [new DnsRecord.Address(IPAddress.Parse("192.0.2.1")), new DnsRecord.Address(IPAddress.Parse("192.0.2.2"))],
            await RecordsAsync(server, DnsRecordType.A)
        );
        Assert.Equal([new DnsRecord.Address(IPAddress.Parse("2001:db8::1"))], await RecordsAsync(server, DnsRecordType.Aaaa));
        Assert.Equal(
            [new DnsRecord.MailExchange(10, "mx.xn--r8jz45g.jp"), new DnsRecord.MailExchange(0, "")],
            await RecordsAsync(server, DnsRecordType.Mx)
        );
        Assert.Equal([new DnsRecord.Pointer("host.example.com")], await RecordsAsync(server, DnsRecordType.Ptr));
        Assert.IsType<DnsAnswer.NoData>(await AskAsync(server, DnsRecordType.Txt));
    }

    [Theory]
    [InlineData("v=spf1 -all")]
    [InlineData("")]
    [InlineData("quote \" backslash \\ \\065 \\\" end")]
    [InlineData("\u00e3\u0081\u0082 UTF-8, one char a byte")]
    [InlineData("\u00ff\u00fe no UTF-8 \" \u0001")]
    public async Task A_text_comes_back_byte_by_byte_joined_over_its_strings(string text)
    {
        await using var server = new LoopbackDns(question =>
            question.Answer(
                0,
                DnsQuestion.Text(Encoding.Latin1.GetBytes(text), Encoding.ASCII.GetBytes("joined")),
                DnsQuestion.Text("second"u8.ToArray())
            )
        );
        Assert.Equal([new DnsRecord.Text(text + "joined"), new DnsRecord.Text("second")], await RecordsAsync(server, DnsRecordType.Txt));
    }

    [Fact]
    public async Task A_letter_that_is_split_over_two_strings_is_whole_again()
    {
        await using var server = new LoopbackDns(question => question.Answer(0, DnsQuestion.Text([0xE3, 0x81], [0x82])));
        Assert.Equal([new DnsRecord.Text("\u00e3\u0081\u0082")], await RecordsAsync(server, DnsRecordType.Txt));
    }

    [Theory]
    [InlineData(0, "NoData")]
    [InlineData(3, "NxDomain")]
    [InlineData(2, "TempFailure")]
    [InlineData(5, "TempFailure")]
    [InlineData(4, "TempFailure")]
    public async Task What_a_server_answers_without_records_is_told_apart(int code, string expected)
    {
        await using var server = new LoopbackDns(question => question.Answer(code));
        Assert.Equal(expected, (await AskAsync(server, DnsRecordType.Txt)).GetType().Name);
    }

    [Fact]
    public async Task A_truncated_answer_is_asked_for_again_over_TCP()
    {
        var large = Enumerable
            .Range(0, 20)
            .Select(index => DnsQuestion.Text(Enumerable.Repeat((byte)('a' + index), 200).ToArray()))
            .ToList();
        await using var server = new LoopbackDns(question =>
            question.Transport == Transport.Udp ? question.Truncated() : question.Answer(0, large)
        );
        Assert.Equal(
            Enumerable.Range(0, 20).Select(index => new DnsRecord.Text(new string((char)('a' + index), 200))),
            await RecordsAsync(server, DnsRecordType.Txt)
        );
    }

    [Fact]
    public async Task CNAMEs_are_followed_whether_or_not_the_server_did_it()
    {
        await using var server = new LoopbackDns(question =>
            question.Name switch
            {
                "whole.example.com" => question.Answer(0, DnsQuestion.Host(Cname, "end.example.com"), DnsQuestion.Text("end"u8.ToArray())),
                "step.example.com" => question.Answer(0, DnsQuestion.Host(Cname, "end.example.com")),
                "end.example.com" => question.Answer(0, DnsQuestion.Text("end"u8.ToArray())),
                "loop.example.com" => question.Answer(0, DnsQuestion.Host(Cname, "loop.example.com")),
                _ => question.Answer(3),
            }
        );
        Assert.Equal([new DnsRecord.Text("end")], await RecordsAsync(server, DnsRecordType.Txt, "whole.example.com"));
        Assert.Equal([new DnsRecord.Text("end")], await RecordsAsync(server, DnsRecordType.Txt, "step.example.com"));
        Assert.Contains(
            "CNAME",
            Assert.IsType<DnsAnswer.TempFailure>(await AskAsync(server, DnsRecordType.Txt, "loop.example.com")).Why,
            StringComparison.Ordinal
        );
        Assert.IsType<DnsAnswer.NxDomain>(await AskAsync(server, DnsRecordType.Txt, "gone.example.com"));
    }

    [Fact]
    public async Task Silence_a_closed_port_and_an_answer_to_another_question_are_no_answer()
    {
        await using var silent = new LoopbackDns(_ => null);
        Assert.IsType<DnsAnswer.TempFailure>(
            await Lookup(silent.Address, TimeSpan.FromMilliseconds(50))("a.example.com", DnsRecordType.Txt, CancellationToken.None)
        );
        await using var other = new LoopbackDns(question =>
            (question with { Id = (ushort)(question.Id + 1) }).Answer(0, DnsQuestion.Text("forged"u8.ToArray()))
        );
        Assert.IsType<DnsAnswer.TempFailure>(
            await Lookup(other.Address, TimeSpan.FromMilliseconds(300))("a.example.com", DnsRecordType.Txt, CancellationToken.None)
        );
        var gone = new LoopbackDns(_ => null);
        await gone.DisposeAsync();
        Assert.IsType<DnsAnswer.TempFailure>(
            await Lookup(new IPEndPoint(IPAddress.Loopback, 1))("a.example.com", DnsRecordType.Txt, CancellationToken.None)
        );
    }

    [Theory]
    [InlineData("a..b")]
    [InlineData("")]
    [InlineData("a b\u0000.example.com")]
    [InlineData("\ud800.example.com")]
    [InlineData(".")]
    public async Task A_name_that_cannot_be_asked_for_has_an_answer_all_the_same(string name)
    {
        await using var server = new LoopbackDns(question => question.Answer(3));
        Assert.IsNotType<DnsAnswer.Records>(await AskAsync(server, DnsRecordType.Txt, name));
    }

    [Fact]
    public async Task Whoever_stops_a_question_gets_no_answer()
    {
        await using var server = new LoopbackDns(_ => null);
        using var stop = new CancellationTokenSource();
        var asking = Lookup(server.Address, TimeSpan.FromSeconds(30))("a.example.com", DnsRecordType.Txt, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await asking);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await Lookup(server.Address)("a.example.com", DnsRecordType.Txt, stop.Token)
        );
    }

    [Fact]
    public async Task Any_bytes_after_the_question_have_an_answer()
    {
        var bytes = Array.Empty<byte>();
        await using var server = new LoopbackDns(question => question.Answer(0x8180, 3, bytes));
        var lookup = Lookup(server.Address);
        await Gen.OneOf(Gen.Byte.Array[0, 60], Gen.Select(Gen.Int[0, 40], Gen.Byte).Select(edit => Edited(edit.Item1, edit.Item2)))
            .SampleAsync(
                async answer =>
                {
                    bytes = answer;
                    await lookup("a.example.com", DnsRecordType.Txt, CancellationToken.None);
                },
                iter: 200,
                threads: 1
            );

        static byte[] Edited(int position, byte value)
        {
            byte[] record = [.. DnsQuestion.Text("text"u8.ToArray()), .. DnsQuestion.Host(Cname, "b.example.com")];
            record[position % record.Length] = value;
            return record;
        }
    }

    private static async Task<IReadOnlyList<DnsRecord>> RecordsAsync(
        LoopbackDns server,
        DnsRecordType type,
        string name = "a.example.com"
    ) => Assert.IsType<DnsAnswer.Records>(await AskAsync(server, type, name)).Items;

    private static async Task<DnsAnswer> AskAsync(LoopbackDns server, DnsRecordType type, string name = "a.example.com") =>
        await Lookup(server.Address)(name, type, CancellationToken.None);

    /// <summary>A short wait: on loopback an answer is there at once, or never.</summary>
    private static DnsLookup Lookup(IPEndPoint server, TimeSpan? timeout = null) =>
        new SystemDns(
            new SystemDnsOptions
            {
                Servers = [server],
                Timeout = timeout ?? TimeSpan.FromSeconds(2),
                RetryCount = 0,
            }
        ).LookupAsync;
}
