using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using Shonin.MailAuthentication.AuthResults;
using Shonin.MailAuthentication.Dns;
using Shonin.MailAuthentication.Message;
using Shonin.MailAuthentication.Spf;
using Shonin.MailChecks;

namespace Shonin.Verbs.Mail;

/// <summary>The options that all checks of one mail share.</summary>
internal sealed class MailOptions
{
    private readonly Option<string?> eml = new("--eml")
    {
        Description = "The message as it came, an .eml file; - reads it from standard input.",
        HelpName = "F|-",
    };
    private readonly Option<string> dns = new("--dns")
    {
        Description = "Where DNS is asked: the system's resolver, nobody, or a zone file.",
        HelpName = "ZONE.json|offline|system",
        DefaultValueFactory = _ => DnsChoice.System,
    };
    private readonly Option<string?> ip = new("--ip")
    {
        Description = "The host that brought the mail, as your own server saw it. Without it SPF is not checked.",
        HelpName = "ADDRESS",
    };
    private readonly Option<string> helo = new("--helo")
    {
        Description = "What that host called itself.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "",
    };
    private readonly Option<string> mailFrom = new("--mail-from")
    {
        Description = "The envelope's sender; empty for a bounce.",
        HelpName = "ADDRESS",
        DefaultValueFactory = _ => "",
    };
    private readonly Option<string?> now = new("--now")
    {
        Description = "The time of the check, as 2026-11-24T10:02:03+09:00 (default: now).",
        HelpName = "TIME",
    };
    private readonly Option<string[]> trustAuthserv = new("--trust-authserv")
    {
        Description = "A host of your own mail provider, whose Authentication-Results are believed; may be given several times.",
        HelpName = "ID",
    };
    private readonly Option<string?> trustTopAr = new("--trust-top-ar")
    {
        Description = "outlook: the mailbox is at Microsoft, whose fields name no host.",
        HelpName = "outlook",
    };
    private readonly Option<bool> json = JsonOption.New();
    private readonly Terminal terminal;

    public MailOptions(Terminal terminal)
    {
        this.terminal = terminal;
        trustTopAr.AcceptOnlyFromAmong("outlook");
    }

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { eml, dns, ip, helo, mailFrom, now, trustAuthserv, trustTopAr, json })
            command.Options.Add(option);
    }

    public bool WantsJson(ParseResult parsed) => parsed.GetValue(json);

    /// <summary>All that the command line says about the mail but the message itself.</summary>
    public async Task<Reading<MailCircumstances, VerbRefusal>> SubjectAsync(ParseResult parsed, CancellationToken cancellation)
    {
        if (
            Session(parsed.GetValue(ip), parsed.GetValue(helo)!, parsed.GetValue(mailFrom)!)
            is not Reading<SpfRequest?, string>.Read
            (var session)
        )
        {
            return Refused(ExitCode.BadUsage, $"--ip: \"{parsed.GetValue(ip)}\" is no IP address, such as 192.0.2.1 or 2001:db8::1.");
        }

        if (Time(parsed.GetValue(now)) is not { } time)
        {
            return Refused(
                ExitCode.BadUsage,
                $"--now: \"{parsed.GetValue(now)}\" is no time of RFC 3339, such as 2026-11-24T10:02:03+09:00."
            );
        }

        var trust = new AuthResultsTrust
        {
            AuthservIds = parsed.GetValue(trustAuthserv) ?? [],
            Microsoft = parsed.GetValue(trustTopAr) is null ? MicrosoftMailbox.No : MicrosoftMailbox.Yes,
        };
        return await DnsChoice.ReadAsync(parsed.GetValue(dns)!, "", cancellation) switch
        {
            Reading<DnsLookup, string>.Read(var lookup) => new Reading<MailCircumstances, VerbRefusal>.Read(
                new(session, lookup, time, trust)
            ),
            Reading<DnsLookup, string>.Refused(var why) => Refused(ExitCode.UnreadableInput, $"--dns: {why}"),
            _ => throw new UnreachableException(),
        };
    }

    public bool HasMessage(ParseResult parsed) => parsed.GetValue(eml) is not null;

    /// <summary>The message in the form in which it was brought.</summary>
    public async Task<Reading<byte[], VerbRefusal>> BytesAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var bytesMax = MessageLimits.Default.SizeBytesMax;
        var reading = parsed.GetValue(eml) switch
        {
            null => null,
            "-" => await InputFile.ReadAsync(terminal.OpenInput(), "standard input", bytesMax, cancellation),
            { } path => await InputFile.ReadAsync(path, bytesMax, cancellation),
        };
        return reading switch
        {
            null => new Reading<byte[], VerbRefusal>.Refused(
                new(ExitCode.BadUsage, "Name the message with --eml FILE, or --eml - for standard input.")
            ),
            Reading<byte[], string>.Refused(var why) => new Reading<byte[], VerbRefusal>.Refused(
                new(ExitCode.UnreadableInput, $"--eml: {why}")
            ),
            Reading<byte[], string>.Read(var bytes) => new Reading<byte[], VerbRefusal>.Read(bytes),
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>The message itself, taken out of what was around it.</summary>
    public async Task<Reading<MailMessage, VerbRefusal>> MessageAsync(ParseResult parsed, CancellationToken cancellation) =>
        await BytesAsync(parsed, cancellation) switch
        {
            Reading<byte[], VerbRefusal>.Refused(var refusal) => new Reading<MailMessage, VerbRefusal>.Refused(refusal),
            Reading<byte[], VerbRefusal>.Read(var bytes) => MailMessage.Parse(BroughtMail.Open(bytes).Message) switch
            {
                MessageParse.Parsed(var message) => new Reading<MailMessage, VerbRefusal>.Read(message),
                MessageParse.Refused(var why) => new Reading<MailMessage, VerbRefusal>.Refused(
                    new(ExitCode.UnreadableInput, $"--eml: {why}")
                ),
                _ => throw new UnreachableException(),
            },
            _ => throw new UnreachableException(),
        };

    /// <summary>A session needs an address; the envelope's sender may stand in angle brackets.</summary>
    public static Reading<SpfRequest?, string> Session(string? ip, string helo, string mailFrom)
    {
        if (ip is null)
            return new Reading<SpfRequest?, string>.Read(null);
        var text = ip.Trim().Trim('[', ']');
        text = text.StartsWith("IPv6:", StringComparison.OrdinalIgnoreCase) ? text["IPv6:".Length..] : text; // RFC 5321 section 4.1.3
        var sender = mailFrom.Trim() is ['<', .. var inner, '>'] ? inner : mailFrom;
        // .NET takes "1.2" for 1.0.0.2.
        return IPAddress.TryParse(text, out var address) && (text.Contains(':', StringComparison.Ordinal) || text.AsSpan().Count('.') == 3)
            ? new Reading<SpfRequest?, string>.Read(new SpfRequest(address, helo, sender))
            : new Reading<SpfRequest?, string>.Refused($"\"{ip}\" is no IP address.");
    }

    /// <summary>The clock's time where none is given; null for what is no time.</summary>
    public static DateTimeOffset? Time(string? text) =>
        text is null ? TimeProvider.System.GetUtcNow()
        : DateTimeOffset.TryParse(
            text,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowWhiteSpaces,
            out var time
        )
            ? time
        : null;

    private static Reading<MailCircumstances, VerbRefusal>.Refused Refused(ExitCode code, string why) => new(new(code, why));
}

/// <summary>How a verb ends that cannot begin, and why.</summary>
internal sealed record VerbRefusal(ExitCode Code, string Why);

internal static class VerbRefusals
{
    /// <summary>Goes on with what was read, or says why not.</summary>
    public static async Task<ExitCode> ThenAsync<T>(
        this Task<Reading<T, VerbRefusal>> reading,
        Terminal terminal,
        Func<T, Task<ExitCode>> goOn
    ) =>
        await reading switch
        {
            Reading<T, VerbRefusal>.Read(var value) => await goOn(value),
            Reading<T, VerbRefusal>.Refused(var refusal) => terminal.Refuse(refusal.Code, refusal.Why),
            _ => throw new UnreachableException(),
        };
}
