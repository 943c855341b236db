using System.CommandLine;
using System.Globalization;
using Shonin.EventLog;
using Shonin.EventLog.Secrets;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailChecks;
using Shonin.Notices;
using Shonin.Settings;

namespace Shonin.Verbs.Mail;

/// <summary>
/// <c>shonin mail keys</c> and <c>shonin mail rotate-keys</c>: the keys that sign our mail, and how one pair follows another.
/// </summary>
internal static class MailKeysVerb
{
    /// <summary>Whoever asked for a record too early may keep the no for a day (RFC 2308 section 5); two leave time to publish.</summary>
    private static readonly TimeSpan publishing = TimeSpan.FromDays(2);

    private static readonly string[] timeForms = ["yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK"];

    private sealed record KeyResult(
        string Domain,
        string Selector,
        string Algorithm,
        KeyState State,
        DateTimeOffset From,
        DateTimeOffset? Until,
        DateTimeOffset? Revoked,
        string DnsName,
        string DnsRecord
    );

    private enum KeyState
    {
        Waits,
        Signs,
        Signed,
        TakenBack,
    }

    public static Command Keys(VerbContext context)
    {
        var json = JsonOption.New();
        var command = new SettingsCommand("keys", "Lists the keys that sign our mail, or did, with the DNS records to publish.", context)
        {
            json,
        };
        command.Run(
            (settings, parsed, _) =>
            {
                var now = TimeProvider.System.GetUtcNow();
                var keys = Book(settings).Keys;
                if (parsed.GetValue(json))
                {
                    context.Terminal.WriteJson(new { keys = keys.Select(key => Result(key, now)) });
                }
                else if (keys.Count == 0)
                {
                    context.Terminal.Out.WriteLine(
                        "There are no keys yet. shonin serve makes the first pair, or now: shonin mail rotate-keys"
                    );
                }

                foreach (var key in parsed.GetValue(json) ? [] : keys)
                {
                    context.Terminal.Out.WriteLine(
                        $"{key.Selector}  {AlgorithmOf(key)}  {Standing(key, now)}{Environment.NewLine}  {ZoneLine(key)}"
                    );
                }

                return Task.FromResult(ExitCode.Done);
            }
        );
        return command;
    }

    public static Command Rotate(VerbContext context)
    {
        var from = new Option<string?>("--from")
        {
            Description =
                "When the next pair begins to sign, as 2026-11-26T12:00+09:00, or now (default: in two days; now where none signs yet).",
            HelpName = "TIME|now",
        };
        var revoke = new Option<string?>("--revoke")
        {
            Description = "Takes one key back whose private half may be in other hands. It cannot be undone.",
            HelpName = "SELECTOR",
        };
        var json = JsonOption.New();
        var command = new SettingsCommand(
            "rotate-keys",
            "Makes the next pair of keys for our mail. A running server changes over by itself.",
            context
        )
        {
            from,
            revoke,
            json,
        };
        command.Run(
            (settings, parsed, _) =>
            {
                if (DataFolderOption.Existing(settings.Of(KnownSettings.StorageFolder)) is Reading<string, string>.Refused(var missing))
                    return Task.FromResult(context.Terminal.Refuse(ExitCode.UnreadableInput, missing));
                var now = TimeProvider.System.GetUtcNow();
                var domain = settings.Of(KnownSettings.MerchantDomain);
                var rotation = new DkimRotation(Book(settings), KeysOf(settings), domain);
                return Task.FromResult(
                    (parsed.GetValue(revoke), parsed.GetValue(from)) switch
                    {
                        ({ } selector, null) => Revoke(rotation, selector, now, context.Terminal, parsed.GetValue(json)),
                        ({ }, { }) => context.Terminal.Refuse(ExitCode.BadUsage, "--revoke acts at once; leave --from out."),
                        (null, null) => Begin(
                            rotation,
                            Book(settings).SigningAt(domain, now).Count == 0 ? now : now + publishing,
                            now,
                            context.Terminal,
                            parsed.GetValue(json)
                        ),
                        (null, "now") => Begin(rotation, now, now, context.Terminal, parsed.GetValue(json)),
                        (null, { } text) => TimeOf(text) is { } begin
                            ? Begin(rotation, begin, now, context.Terminal, parsed.GetValue(json))
                            : context.Terminal.Refuse(
                                ExitCode.BadUsage,
                                $"--from: '{text}' is no time with its offset, as in 2026-11-26T12:00+09:00, and not now."
                            ),
                    }
                );
            }
        );
        return command;
    }

    private static ExitCode Begin(DkimRotation rotation, DateTimeOffset from, DateTimeOffset now, Terminal terminal, bool asJson)
    {
        switch (rotation.Rotate(from, now))
        {
            case Reading<IReadOnlyList<ArchivedKey>, string>.Read(var next):
                if (asJson)
                    terminal.WriteJson(new { keys = next.Select(key => Result(key, now)) });
                else
                    terminal.Out.WriteLine(Publish(next, now));
                return ExitCode.Done;
            case Reading<IReadOnlyList<ArchivedKey>, string>.Refused(var why):
                return terminal.Refuse(ExitCode.No, why);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static ExitCode Revoke(DkimRotation rotation, string selector, DateTimeOffset now, Terminal terminal, bool asJson)
    {
        switch (rotation.Revoke(selector, now))
        {
            case Reading<Revocation, string>.Read(var done):
                if (asJson)
                {
                    terminal.WriteJson(new { revoked = Result(done.Key, now), keys = done.Next.Select(key => Result(key, now)) });
                    return ExitCode.Done;
                }
                terminal.Out.WriteLine(
                    $"""
                    {done.Key.Selector} is taken back. Its signature counts for nothing any more, also on our own mails from before: they are known by the other signature that they carry, and by our record of notices.
                    Tell everybody else: publish this in place of its record, and leave it there.
                      {ZoneLine(done.Key)}
                    """
                );
                if (done.Next.Count > 0)
                    terminal.Out.WriteLine(Publish(done.Next, now));
                return ExitCode.Done;
            case Reading<Revocation, string>.Refused(var why):
                return terminal.Refuse(ExitCode.BadUsage, why);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static string Publish(IReadOnlyList<ArchivedKey> next, DateTimeOffset now)
    {
        var begins =
            next[0].From > now
                ? $"The next pair signs from {Said(next[0].From)}. Publish its records before, and leave the old ones for {DkimSigningOptions.Default.ValidFor.TotalDays:0} days after:"
                : $"A new pair signs from now on. Publish its records at once: until receivers find them, they cannot verify our new mails. Leave the old ones for {DkimSigningOptions.Default.ValidFor.TotalDays:0} days:";
        return string.Join(Environment.NewLine, [begins, .. next.Select(key => $"  {ZoneLine(key)}")]);
    }

    /// <summary>
    /// The record in the form of a zone file. A key that was taken back is published without its key (RFC 6376 section 3.6.1).
    /// </summary>
    internal static string ZoneLine(ArchivedKey key)
    {
        const int CharacterStringSizeMax = 255; // RFC 1035 section 3.3.14: one character-string of a TXT record
        var strings = RecordOf(key).Chunk(CharacterStringSizeMax).Select(part => $"\"{new string(part)}\"");
        return $"{NameOf(key)}. IN TXT {string.Join(' ', strings)}";
    }

    private static string Standing(ArchivedKey key, DateTimeOffset now) =>
        StateOf(key, now) switch
        {
            KeyState.Waits => $"signs from {Said(key.From)}",
            KeyState.Signs => $"signs since {Said(key.From)}{(key.Until is { } until ? $" until {Said(until)}" : "")}",
            KeyState.Signed =>
                $"signed from {Said(key.From)} to {Said(key.Until!.Value)}; DNS may forget it after {Said(key.Until.Value + DkimSigningOptions.Default.ValidFor)}",
            KeyState.TakenBack => $"taken back {Said(key.Revoked!.Value)}",
        };

    private static KeyState StateOf(ArchivedKey key, DateTimeOffset now) =>
        key.Revoked is not null ? KeyState.TakenBack
        : key.From > now ? KeyState.Waits
        : key.Signed(now) ? KeyState.Signs
        : KeyState.Signed;

    private static KeyResult Result(ArchivedKey key, DateTimeOffset now) =>
        new(key.Domain, key.Selector, AlgorithmOf(key), StateOf(key, now), key.From, key.Until, key.Revoked, NameOf(key), RecordOf(key));

    private static string NameOf(ArchivedKey key) => $"{key.Selector}._domainkey.{key.Domain}";

    private static string RecordOf(ArchivedKey key) =>
        key.Revoked is null ? key.Record : $"{key.Record[..key.Record.IndexOf("p=", StringComparison.Ordinal)]}p=";

    private static string AlgorithmOf(ArchivedKey key) =>
        key.Record.Contains("k=ed25519", StringComparison.Ordinal) ? "ed25519-sha256" : "rsa-sha256";

    private static string Said(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);

    private static DateTimeOffset? TimeOf(string text) =>
        text.Length > 6
        && (text.EndsWith('Z') || text[^6] is '+' or '-')
        && DateTimeOffset.TryParseExact(text, timeForms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time
            : null;

    private static KeyFolder KeysOf(SettingValues settings) =>
        new LogFiles(settings.Of(KnownSettings.StorageFolder), Composition.LogName).Keys;

    private static MailKeyBook Book(SettingValues settings) => new(KeysOf(settings));
}
