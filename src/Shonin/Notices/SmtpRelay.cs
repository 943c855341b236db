using System.Collections.Concurrent;
using System.Net;
using MailKit.Security;
using Shonin.Settings;
using Shonin.Web;

namespace Shonin.Notices;

/// <summary>Where the relay is, and how patient we are with it.</summary>
/// <param name="Timeout">For one reply, before the message itself has been handed over.</param>
internal sealed record SmtpOptions(string Host, int Port, SmtpTls Tls, SmtpLogin? Login, TimeSpan Timeout)
{
    /// <summary>
    /// For the reply to the message itself. A relay that answers later has the mail, and we would send it again (RFC 5321 section
    /// 4.5.3.2.6: 10 minutes).
    /// </summary>
    public TimeSpan FinalTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How many connections are kept for the next mail.</summary>
    public int Connections { get; init; } = 4;

    /// <summary>Why these options must not be used, or null. Customers' mails and our password cross no network in clear.</summary>
    public string? Problem =>
        Tls == SmtpTls.None && !IsLoopback(Host)
            ? $"Smtp:Tls is none, but {Host} is another machine. Set Smtp:Tls to startTls (usually port 587) or implicit (usually port 465)."
            : null;

    private static bool IsLoopback(string host) =>
        host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}

/// <summary>Who we are to the relay.</summary>
internal sealed record SmtpLogin(string User, string Password)
{
    public override string ToString() => $"{User} ***";
}

/// <summary>
/// Delivers over SMTP. A connection is kept while it works; one that the relay closed while it lay idle is replaced without a word, and
/// costs the mail no try.
/// </summary>
internal sealed class SmtpRelay : IDisposable
{
    /// <summary>Firewalls forget a connection that has long been silent, and tell nobody.</summary>
    private static readonly TimeSpan restMax = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan loginPauseMax = TimeSpan.FromMinutes(5);

    private readonly SmtpOptions options;
    private readonly TimeProvider time;
    private readonly ConcurrentStack<SmtpConnection> resting = [];
    private volatile bool isDisposed;

    /// <exception cref="ArgumentException"><see cref="SmtpOptions.Problem"/> is not null.</exception>
    public SmtpRelay(SmtpOptions options, TimeProvider time)
    {
        if (options.Problem is { } problem)
            throw new ArgumentException(problem, nameof(options));
        (this.options, this.time) = (options, time);
    }

    private string Name => $"{options.Host}:{options.Port}";

    /// <summary>Hands one mail over; many may be handed over at the same time.</summary>
    public async ValueTask<MailOutcome> DeliverAsync(SignedMail mail, CancellationToken cancellation)
    {
        if (MailAddress.Read(mail.Recipient) is not { } recipient)
            return new MailOutcome.Refused("The recipient's address is not a mail address.");

        while (resting.TryPop(out var kept))
        {
            if (time.GetElapsedTime(kept.RestingSince) > restMax)
            {
                kept.Dispose();
                continue;
            }
            var (outcome, hadHungUp) = await HandOverAsync(kept, mail, recipient, cancellation);
            if (!hadHungUp)
                return outcome;
        }

        SmtpConnection opened;
        try
        {
            opened = await SmtpConnection.OpenAsync(options, time, cancellation);
        }
        catch (Exception trouble) when (SmtpConnection.IsTrouble(trouble))
        {
            var away = new MailOutcome.RelayAway($"{Name}: {trouble.Message}");
            return trouble is AuthenticationException ? away with { LookAgainWithin = loginPauseMax } : away;
        }
        return (await HandOverAsync(opened, mail, recipient, cancellation)).Outcome;
    }

    public void Dispose()
    {
        isDisposed = true;
        while (resting.TryPop(out var connection))
            connection.Dispose();
    }

    /// <returns>And whether the relay had hung up before anything of the mail was told to it.</returns>
    private async ValueTask<(MailOutcome Outcome, bool HadHungUp)> HandOverAsync(
        SmtpConnection connection,
        SignedMail mail,
        MailAddress recipient,
        CancellationToken cancellation
    )
    {
        var step = SmtpStep.Sender;
        var isOfUse = false;
        try
        {
            if (recipient.NeedsUtf8 && !connection.TakesUtf8)
            {
                isOfUse = true;
                return (new MailOutcome.Refused($"The address needs SMTPUTF8 (RFC 6531), which the relay {Name} does not offer."), false);
            }
            var reply = await connection.AskAsync(step, FromCommand(mail, recipient), options.Timeout, cancellation);
            if (reply.IsPositive)
            {
                reply = await connection.AskAsync(
                    step = SmtpStep.Recipient,
                    $"RCPT TO:<{recipient.Envelope}>",
                    options.Timeout,
                    cancellation
                );
            }

            if (reply.IsPositive)
                reply = await connection.AskAsync(step = SmtpStep.Data, "DATA", options.Timeout, cancellation);
            if (reply.IsPositive)
            {
                step = SmtpStep.Content;
                reply = await connection.SendContentAsync(mail.Message, cancellation);
            }
            isOfUse = reply.IsPositive || (!reply.HangsUp && await connection.ResetAsync(cancellation));
            return (reply.IsPositive ? new MailOutcome.Taken() : reply.ToOutcome(), step == SmtpStep.Sender && reply.HangsUp);
        }
        catch (Exception trouble) when (SmtpConnection.IsTrouble(trouble))
        {
            return step == SmtpStep.Content
                ? (new MailOutcome.InDoubt($"{Name}, once it had the whole mail: {trouble.Message}"), false)
                : (new MailOutcome.RelayRefused($"{Name}: {trouble.Message}"), step == SmtpStep.Sender);
        }
        finally
        {
            Keep(connection, isOfUse);
        }
    }

    private static string FromCommand(SignedMail mail, MailAddress recipient)
    {
        var sender = MailAddress.Read(mail.Sender)?.Envelope ?? "";
        return recipient.NeedsUtf8 ? $"MAIL FROM:<{sender}> BODY=8BITMIME SMTPUTF8" : $"MAIL FROM:<{sender}>";
    }

    private void Keep(SmtpConnection connection, bool isOfUse)
    {
        if (isOfUse && !isDisposed && resting.Count < options.Connections)
        {
            connection.Rest();
            resting.Push(connection);
        }
        else
        {
            connection.Dispose();
        }
    }
}
