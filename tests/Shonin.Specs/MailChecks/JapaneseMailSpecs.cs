using System.Collections.Immutable;
using System.Security.Cryptography;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailAuthentication.Dns;
using Shonin.MailChecks;

namespace Shonin.Specs.MailChecks;

/// <summary>The Japanese set, each mail in every form that can carry it, held against the shipped profiles.</summary>
public sealed class JapaneseMailSpecs
{
    private static readonly RSA rsa = RsaKeys.Of(0);
    private static readonly string published = Key("any.example").DnsRecord;

    /// <summary>Every domain of the set publishes one key and a policy that refuses what is not its own.</summary>
    private static readonly DnsLookup dns = (name, type, _) =>
        ValueTask.FromResult<DnsAnswer>(
            (type, name) switch
            {
                (DnsRecordType.Txt, _) when name.StartsWith("s1._domainkey.", StringComparison.Ordinal) => Text(published),
                (DnsRecordType.Txt, _) when name.StartsWith("_dmarc.", StringComparison.Ordinal) => Text("v=DMARC1; p=reject"),
                _ => new DnsAnswer.NxDomain(),
            }
        );

    public static TheoryData<Form> Forms => [.. Enum.GetValues<Form>()];

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Genuine_mail_is_strong_imitations_are_named_and_who_does_not_pose_is_called_neither(Form form)
    {
        var wrong = new List<string>();
        var count = 0;
        foreach (var mail in JapaneseMails.All.Where(mail => JapaneseForms.CanCarry(form, mail)))
        {
            var bytes = JapaneseForms.Write(form, mail);
            if (mail.Truth == Truth.Genuine)
            {
                bytes = new DkimSigner().Sign(
                    bytes,
                    [Key(mail.Address[(mail.Address.IndexOf('@', StringComparison.Ordinal) + 1)..])],
                    MailStory.Now
                );
            }

            var profile = ShippedProfiles.All.Single(profile => profile.Id == mail.Profile);
            foreach (ImmutableArray<MailProfile> profiles in new[] { [profile], ShippedProfiles.All })
            {
                var result = await MailStory.CheckAsync(bytes, dns: dns, profiles: profiles);
                count++;
                if (
                    result.Verdict.Word != Expected(mail.Truth)
                    || mail.Truth == Truth.Genuine && result.Verdict.Confidence != Confidence.Strong
                )
                {
                    wrong.Add(
                        $"{mail.Truth} {mail.Name} <{mail.Address}> {mail.Subject}: {result.Said()}; read as {result.Sender.Mailboxes[0].Name} / {result.Content.Subject}"
                    );
                }
                else if (result.Content.Subject != mail.Subject)
                {
                    wrong.Add($"subject {mail.Subject} was read as {result.Content.Subject}");
                }
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} of {count}:\n{string.Join('\n', wrong)}");
        Assert.True(count >= 40, $"{form} carries only {count}");
    }

    private static VerdictWord Expected(Truth truth) =>
        truth switch
        {
            Truth.Genuine => VerdictWord.Genuine,
            Truth.Imitation => VerdictWord.NotGenuine,
            Truth.SomebodyElse => VerdictWord.CannotTell,
        };

    private static DnsAnswer.Records Text(string text) => new([new DnsRecord.Text(text)]);

    private static DkimKey Key(string domain) => DkimKey.FromRsa(domain, "s1", rsa);
}
