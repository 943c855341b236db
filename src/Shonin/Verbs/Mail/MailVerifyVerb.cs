using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Shonin.Domain;
using Shonin.Domain.Notices;
using Shonin.MailAuthentication.Dns;
using Shonin.MailChecks;
using Shonin.Orders;
using Shonin.Web;

namespace Shonin.Verbs.Mail;

/// <summary><c>shonin mail verify</c>: whether a mail is really from a merchant.</summary>
internal static class MailVerifyVerb
{
    /// <summary>A person reads three; whoever wants all of them asks for JSON.</summary>
    private const int ReasonCountShown = 3;

    private static readonly Words details = new("詳しい理由", "Details");

    public static Command Command(VerbContext context)
    {
        var options = new MailOptions(context.Terminal);
        var (merchant, data) = (MerchantOption(), DataOption());
        var recipient = new Option<string?>("--recipient")
        {
            Description = "The address of whoever got the mail; our own notices are bound to theirs.",
            HelpName = "ADDRESS",
        };
        var lang = LangOption.New(context, "The language");
        var command = new Command(
            "verify",
            "Says whether a mail is really from the merchant that it claims. Ends with 0 for genuine, 1 for not genuine, 2 where it cannot be told."
        )
        {
            merchant,
            data,
            recipient,
            lang,
        };
        options.AddTo(command);
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var terminal = context.Terminal;
                return (int)
                    await options
                        .SubjectAsync(parsed, cancellation)
                        .ThenAsync(terminal, subject =>
                            options
                                .BytesAsync(parsed, cancellation)
                                .ThenAsync(terminal, brought =>
                                    MerchantRecord
                                        .ReadAsync(parsed.GetValue(merchant), parsed.GetValue(data), terminal.Environment, cancellation)
                                        .ThenAsync(terminal, record => CheckAsync(subject, brought, record))
                                )
                        );

                async Task<ExitCode> CheckAsync(MailCircumstances subject, byte[] brought, MerchantRecord record)
                {
                    var recording = new DnsRecording(subject.Dns);
                    switch (
                        await record.CheckAsync(
                            brought,
                            subject with
                            {
                                Dns = recording.LookupAsync,
                            },
                            parsed.GetValue(recipient),
                            cancellation
                        )
                    )
                    {
                        case MailCheck.Checked(var result):
                            if (options.WantsJson(parsed))
                            {
                                terminal.Out.WriteLine(
                                    JsonSerializer.Serialize(MailCheckJson.Of(result, recording.Queries, subject.Trust), ApiJson.Options)
                                );
                            }
                            else
                            {
                                Tell(result, OrderRequests.LocaleOf(parsed.GetValue(lang)!)!.Value, subject, terminal);
                            }

                            return CodeOf(result.Verdict.Word);
                        case MailCheck.Refused(var why):
                            return terminal.Refuse(ExitCode.UnreadableInput, $"--eml: {why}");
                        default:
                            throw new UnreachableException();
                    }
                }
            }
        );
        return command;
    }

    public static Option<string?> MerchantOption() =>
        new("--merchant")
        {
            Description =
                "The profile of the merchant that is asked about (default: the owner of --data, and the brands whose profiles come along).",
            HelpName = "PROFILE.json",
        };

    public static Option<string?> DataOption() =>
        new("--data")
        {
            Description = "The data folder of your own Shonin: its record of notices and its former keys are asked too.",
            HelpName = "DIR",
        };

    private static ExitCode CodeOf(VerdictWord word) =>
        word switch
        {
            VerdictWord.Genuine => ExitCode.Done,
            VerdictWord.NotGenuine => ExitCode.No,
            VerdictWord.CannotTell => ExitCode.CannotTell,
        };

    /// <summary>The answer, three reasons, what to do; the protocols only below.</summary>
    private static void Tell(MailCheckResult result, Locale locale, MailCircumstances subject, Terminal terminal)
    {
        var verdict = result.Verdict;
        var findings = result.Findings;
        ProtocolAnswer[] protocols =
        [
            new ProtocolAnswer.Spf(findings.Spf),
            new ProtocolAnswer.Dkim(findings.Dkim, findings.Dmarc),
            new ProtocolAnswer.Dmarc(findings.Dmarc),
            new ProtocolAnswer.Arc(findings.Arc, subject.Trust),
        ];
        string[] lines =
        [
            verdict.Headline.In(locale),
            .. verdict.Reasons.Take(ReasonCountShown).Select((reason, index) => $"{index + 1}. {reason.Text.In(locale)}"),
            .. verdict.Advice.Select(advice => $"→ {advice.In(locale)}"),
            "",
            $"{details.In(locale)}:",
            .. verdict
                .Reasons.Where(reason => reason.Evidence is not null)
                .Select(reason => $"{ApiJson.Camel(reason.Code)}: {reason.Evidence}"),
            .. protocols.SelectMany(protocol => protocol.Lines),
        ];
        foreach (var line in lines)
            terminal.Out.WriteLine(Terminal.Harmless(line));
    }
}
