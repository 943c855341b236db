using System.Net;
using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Shonin.MailAuthentication.Arc;
using Shonin.MailAuthentication.AuthResults;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailAuthentication.Dmarc;
using Shonin.MailAuthentication.Dns;
using Shonin.MailAuthentication.Message;
using Shonin.MailAuthentication.Spf;

namespace Shonin.Specs.MailAuthentication;

/// <summary>No input makes the library throw: neither bytes from nowhere nor a good message with some bytes changed.</summary>
public sealed class AnyBytesSpecs
{
    private static readonly DateTimeOffset now = new(2026, 11, 24, 1, 2, 3, TimeSpan.Zero);
    private static readonly DkimKey key = DkimKey.FromEd25519Seed("shop.example", "s", SHA256.HashData("seed"u8));
    private static readonly byte[] good = GoodMessage();

    // csharpier-ignore
    private static readonly string[] snippets =
    [
        "\r\n", "\n", "\r", "\0", ";", "=", ":", " ", "\t", "(", ")", "\"", "<", ">", "@", ",", "From: a@evil.example\r\n", "i=1; ", "b=",
        "\r\n ", "\ufffd", "\\",
    ];

    [Fact]
    public Task Bytes_from_nowhere_give_results() => Gen.Byte.Array[0, 400].SampleAsync(CheckAllAsync, iter: Walks.Times(50));

    [Fact]
    public Task A_good_message_with_pieces_changed_gives_results() =>
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Int[0, 40], OneOf(snippets))
            .Array[1, 4]
            .SampleAsync(edits => CheckAllAsync(Edited(edits)), iter: Walks.Times(50));

    [Fact]
    public Task Any_text_is_a_record_or_is_refused() =>
        Gen.Select(OneOf(["v=spf1 ", "v=DMARC1; ", "v=DKIM1; ", ""]), Gen.OneOf(Gen.Char[' ', '~'], Gen.Char).Array[0, 80])
            .SampleAsync(
                async (opening, letters) =>
                {
                    var record = opening + new string(letters);
                    DmarcRecord.Parse(record);
                    AuthenticationResults.Parse(record);
                    DnsLookup everywhere = (_, _, _) =>
                        ValueTask.FromResult<DnsAnswer>(new DnsAnswer.Records([new DnsRecord.Text(record)]));
                    var checker = new SpfChecker(everywhere, TimeProvider.System);
                    await checker.CheckAsync(new SpfRequest(IPAddress.Loopback, record, record));
                    await checker.CheckAsync(new SpfRequest(IPAddress.IPv6Loopback, "h.example", "a@shop.example"));
                    await new DkimVerifier(everywhere).VerifyAsync(Parse(good), now);
                    await new DmarcChecker(everywhere).CheckAsync(new DmarcRequest(record, [record], [record]));
                },
                iter: Walks.Times(50)
            );

    [Fact]
    public Task Only_the_signed_message_passes() =>
        Gen.Select(Gen.Int[signed.Length - plain.Length, signed.Length - 1], Gen.Byte)
            .SampleAsync(
                async (position, value) =>
                {
                    var altered = signed.ToArray();
                    altered[position] = value;
                    var results = await new DkimVerifier(Published).VerifyAsync(Parse(altered), now);

                    // White space that relaxed canonicalization takes away, and the case of field names, may change.
                    var isHarmless =
                        value == signed[position]
                        || IsWhiteSpace(value)
                        || IsWhiteSpace(signed[position])
                        || (value ^ signed[position]) == 0x20;
                    Assert.True(isHarmless || !results.Any(one => one.Outcome is DkimOutcome.Pass), $"byte {position} became {value}");
                },
                iter: Walks.Times(50)
            );

    private static Gen<string> OneOf(string[] choices) => Gen.Int[0, choices.Length - 1].Select(index => choices[index]);

    private static readonly byte[] plain = Encoding.ASCII.GetBytes(
        "From: a@shop.example\r\nTo: b@example.net\r\nSubject: order N1001\r\nDate: Tue, 24 Nov 2026 10:02:03 +0900\r\nMessage-ID: <1@shop.example>\r\n\r\n12480 yen\r\nthank you\r\n"
    );
    private static readonly byte[] signed = new DkimSigner().Sign(plain, [key], now);

    private static bool IsWhiteSpace(byte value) => value is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';

    private static DnsLookup Published { get; } = Zones.Txt(key.DnsName, key.DnsRecord);

    private static byte[] Edited((int Position, int Removed, string Inserted)[] edits)
    {
        var message = good.ToList();
        foreach (var (position, removed, inserted) in edits)
        {
            var start = Math.Min(position, message.Count);
            message.RemoveRange(start, Math.Min(removed, message.Count - start));
            message.InsertRange(start, Encoding.UTF8.GetBytes(inserted));
        }

        return [.. message];
    }

    private static async Task CheckAllAsync(byte[] bytes)
    {
        var message = Parse(bytes);
        var from = FromMailboxes.Of(message);
        new AuthResultsTrust { AuthservIds = ["shop.example"], Microsoft = MicrosoftMailbox.Yes }.Decide(message);
        await new DkimVerifier(Published).VerifyAsync(message, now);
        var arc = await new ArcVerifier(Published).VerifyAsync(message);
        new ArcSealer().Seal(message, arc, "shop.example; none", key, now);
        await new DmarcChecker(Published).CheckAsync(new DmarcRequest(from.AuthorDomain ?? "", [], []));
        ZoneFile.Parse(bytes);
    }

    private static MailMessage Parse(byte[] bytes) => Assert.IsType<MessageParse.Parsed>(MailMessage.Parse(bytes)).Message;

    /// <summary>Signed, sealed twice, with results of both forms and a folded From.</summary>
    private static byte[] GoodMessage()
    {
        var message = new DkimSigner().Sign(
            Encoding.UTF8.GetBytes(
                "Received: from a by mx.shop.example (x); now\r\nAuthentication-Results: shop.example 1; spf=pass (ok) smtp.mailfrom=\"a b\"@shop.example\r\n"
                    + "Authentication-Results: spf=pass (sender IP is 192.0.2.1)\r\n smtp.mailfrom=; dkim=none\r\n"
                    + "From: \"Shop, \\\"x\\\"\"\r\n (c (d)) <a@shop.example>\r\nSubject: s\r\n\r\nbody  x \r\n\r\n"
            ),
            [key],
            now
        );
        var found = new ArcResult(new ArcOutcome.None(), []);
        for (var hop = 0; hop < 2; hop++)
        {
            message = Assert
                .IsType<ArcSealing.Sealed>(new ArcSealer().Seal(Parse(message), found, "shop.example; spf=pass", key, now))
                .Message;
            found = new ArcResult(new ArcOutcome.Pass(), []);
        }

        return message;
    }
}
