using System.Net;
using Microsoft.Extensions.Time.Testing;
using Shonin.Domain.Proofs;
using Shonin.MailAuthentication;
using Shonin.MailAuthentication.AuthResults;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailAuthentication.Dns;
using Shonin.MailAuthentication.Message;
using Shonin.MailAuthentication.Spf;
using Shonin.MailChecks;

namespace Shonin.Fuzz;

/// <summary>
/// The verdict on any mail about a merchant whose letters we know: none but those is genuine, and none of those is called false.
/// </summary>
internal static class VerdictTarget
{
    public static FuzzTarget Target { get; } = new("verdict", () => Letters.Seeds().Concat(MailReaderTarget.Mails()), CheckAsync);

    private static readonly FakeTimeProvider clock = new(Letters.Now);
    private static readonly MailProfile merchant = new("shop.example", ["Akindo", "あきんど"], [Letters.Key.Domain], []);

    private static readonly SpfRequest[] sessions =
    [
        new(IPAddress.Parse("192.0.2.1"), "mx.shop.example", "bounce@shop.example"),
        new(IPAddress.Parse("198.51.100.1"), "mx.evil.example", "x@evil.example"),
    ];

    private static DnsLookup Zone { get; } =
        (name, type, cancellation) =>
            (name, type) switch
            {
                ("shop.example", DnsRecordType.Txt) => TextAsync("v=spf1 ip4:192.0.2.1 -all"),
                ("_dmarc.shop.example", DnsRecordType.Txt) => TextAsync("v=DMARC1; p=reject"),
                _ => Letters.Published(name, type, cancellation),
            };

    private static ValueTask<DnsAnswer> TextAsync(string record) =>
        ValueTask.FromResult<DnsAnswer>(new DnsAnswer.Records([new DnsRecord.Text(record)]));

    /// <summary>What our letters show, white space aside: a field that changes how a body is read changes this too.</summary>
    private static readonly HashSet<(string Subject, string Text, string Links)> shown =
    [
        .. Letters.Seeds().Select(Letters.Parsed).Select(letter => Squeezed(MailReader.Read(letter, FromMailboxes.Of(letter)).Content)),
    ];

    private static (string Subject, string Text, string Links) Squeezed(MailContent content) =>
        (Squeezed(content.Subject), Squeezed(content.VisibleText), string.Join(' ', content.Links.Select(link => link.Href)));

    private static string Squeezed(string text) => string.Concat(text.Where(letter => !char.IsWhiteSpace(letter)));

    private static async ValueTask CheckAsync(byte[] input)
    {
        // The last byte chooses what is known of the way the mail came: nothing, the merchant's own host, a stranger's.
        var session = (input.Length == 0 ? 0 : input[^1] % 3) switch
        {
            1 => sessions[0],
            2 => sessions[1],
            _ => null,
        };
        var authenticator = new MailAuthenticator(Zone, clock, new MailAuthenticatorOptions { Trust = AuthResultsTrust.Nobody });
        var question = new MailQuestion
        {
            Now = Letters.Now,
            Profiles = [merchant],
            Session = session,
        };
        if (await new MailChecker(authenticator).CheckAsync(input, question) is not MailCheck.Checked(var result))
        {
            return;
        }

        var message = Letters.Parsed(input);
        var verdict = result.Verdict;
        Property.Holds(!verdict.Reasons.IsEmpty && !verdict.Advice.IsEmpty, "A verdict has a reason and an advice");
        Property.Same(
            verdict.Word == VerdictWord.CannotTell,
            verdict.Confidence == Confidence.Weak,
            "What cannot be told is weak, and nothing else is"
        );
        Property.Holds(
            verdict.Word == VerdictWord.CannotTell || verdict.Reasons.Any(reason => reason.Weight == ReasonWeight.Decisive),
            "A verdict rests on something"
        );
        Property.Holds(verdict.Word == VerdictWord.CannotTell || result.Profile is not null, "Only a claim is judged");
        if (verdict.Word == VerdictWord.Genuine)
        {
            Property.Holds(Letters.IsOurs(message, FieldsCovered.All), "Only what we signed is genuine");
            Property.Holds(result.Sender.Author is { Domain: "shop.example" }, "What is genuine has one author, and he is ours");
            Property.Holds(shown.Contains(Squeezed(result.Content)), "What is genuine shows what we wrote");
        }

        var isIntact = result.Findings.Dkim.Any(found =>
            found.Outcome is DkimOutcome.Pass && found.Signature!.Domain.Equals(Letters.Key.Domain, StringComparison.OrdinalIgnoreCase)
        );
        Property.Holds(!isIntact || verdict.Word != VerdictWord.NotGenuine, $"What we signed is never called false: {verdict.Reasons[0]}");
    }
}
