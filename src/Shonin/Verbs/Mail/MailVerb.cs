using System.CommandLine;
using System.Text.Json;
using Shonin.MailAuthentication.Dns;
using Shonin.MailChecks;
using Shonin.Web;

namespace Shonin.Verbs.Mail;

/// <summary>
/// <c>shonin mail …</c>: whether a mail is genuine, what its protocols say one by one, many mails at once; and the keys that sign our own.
/// </summary>
internal static class MailVerb
{
    public static Command Command(VerbContext context) =>
        new("mail", "Checks whether a mail is what it says, and keeps the keys that sign ours.")
        {
            MailVerifyVerb.Command(context),
            One(
                "spf",
                "Whether the host that brought the mail may send for its envelope (RFC 7208). Needs --ip, and no message.",
                MailProtocol.Spf,
                context
            ),
            One(
                "dkim",
                "Which domains signed the message, and whether it is still the signed one (RFC 6376, 8301, 8463).",
                MailProtocol.Dkim,
                context
            ),
            One("dmarc", "Whether the message is really from the domain in From (RFC 9989).", MailProtocol.Dmarc, context),
            One("arc", "What the hosts on the way say to have found (RFC 8617).", MailProtocol.Arc, context),
            MailBatchVerb.Command(context),
            MailKeysVerb.Keys(context),
            MailKeysVerb.Rotate(context),
        };

    private static Command One(string name, string description, MailProtocol protocol, VerbContext context)
    {
        var options = new MailOptions(context.Terminal);
        var command = new Command(name, description + " Ends with 0 for pass, 1 for no, 2 where it cannot be told.");
        options.AddTo(command);
        command.SetAction(
            async (parsed, cancellation) =>
                (int)
                    await options
                        .SubjectAsync(parsed, cancellation)
                        .ThenAsync(context.Terminal, subject =>
                            CheckAsync(protocol, subject, options, parsed, context.Terminal, cancellation)
                        )
        );
        return command;
    }

    private static async Task<ExitCode> CheckAsync(
        MailProtocol protocol,
        MailCircumstances subject,
        MailOptions options,
        ParseResult parsed,
        Terminal terminal,
        CancellationToken cancellation
    )
    {
        var recording = new DnsRecording(subject.Dns);
        subject = subject with { Dns = recording.LookupAsync };
        if (protocol == MailProtocol.Spf && !options.HasMessage(parsed))
            return Tell(await subject.CheckSpfAsync(cancellation), recording, options.WantsJson(parsed), terminal);
        return await options
            .MessageAsync(parsed, cancellation)
            .ThenAsync(terminal, async message =>
                Tell(await subject.CheckAsync(protocol, message, cancellation), recording, options.WantsJson(parsed), terminal)
            );
    }

    private static ExitCode Tell(ProtocolAnswer answer, DnsRecording recording, bool asJson, Terminal terminal)
    {
        if (asJson)
        {
            var json = JsonSerializer.SerializeToNode(answer.Json, ApiJson.Options)!.AsObject();
            json["dnsQueries"] = JsonSerializer.SerializeToNode(MailFindingsJson.Of(recording.Queries), ApiJson.Options);
            terminal.Out.WriteLine(json.ToJsonString(ApiJson.Options));
            return answer.Code;
        }
        foreach (var line in answer.Lines)
            terminal.Out.WriteLine(Terminal.Harmless(line));
        return answer.Code;
    }
}
