using System.Net;
using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Shonin.Settings;

namespace Shonin.Outbound;

/// <summary>Where the relay is, and how patient we are with it.</summary>
/// <param name="Timeout">For one mail, the connection included.</param>
internal sealed record SmtpOptions(string Host, int Port, SmtpTls Tls, SmtpLogin? Login, TimeSpan Timeout)
{
    /// <summary>Why these options must not be used, or null. Customers' mails and our password cross no network in clear.</summary>
    public string? Problem => Tls == SmtpTls.None && !IsLoopback(Host)
        ? $"Smtp:Tls is none, but {Host} is another machine. Set Smtp:Tls to startTls (usually port 587) or implicit (usually port 465)."
        : null;

    private static bool IsLoopback(string host) => host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}

/// <summary>Who we are to the relay.</summary>
internal sealed record SmtpLogin(string User, string Password)
{
    public override string ToString() => $"{User} ***";
}

/// <summary>Delivers over SMTP, one mail after the other on one connection that is kept while it works.</summary>
internal sealed class SmtpRelay : IDisposable
{
    private readonly SmtpOptions options;
    private readonly TimeProvider time;
    private SmtpClient? connected;

    /// <exception cref="ArgumentException"><see cref="SmtpOptions.Problem"/> is not null.</exception>
    public SmtpRelay(SmtpOptions options, TimeProvider time)
    {
        if (options.Problem is { } problem)
            throw new ArgumentException(problem, nameof(options));
        (this.options, this.time) = (options, time);
    }

    public async ValueTask<MailOutcome> DeliverAsync(SignedMail mail, CancellationToken cancellation)
    {
        if (!MailboxAddress.TryParse(mail.Recipient, out var recipient))
            return new MailOutcome.Refused("The recipient's address is not a mail address.");

        using var timeout = new CancellationTokenSource(options.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            var client = connected ??= await ConnectAsync(either.Token);
            using var message = MimeMessage.Load(new MemoryStream(mail.Message), persistent: true, either.Token);
            await client.SendAsync(message, new MailboxAddress("", mail.Sender), [recipient], either.Token);
            return new MailOutcome.Taken();
        }
        catch (SmtpCommandException exception)
        {
            Disconnect();
            return OutcomeOf(exception);
        }
        catch (Exception exception) when (exception is IOException or SocketException or ProtocolException or AuthenticationException or NotSupportedException)
        {
            Disconnect();
            return new MailOutcome.TryLater($"{options.Host}:{options.Port}: {exception.Message}");
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            Disconnect();
            return new MailOutcome.TryLater($"{options.Host}:{options.Port} did not answer within {options.Timeout.TotalSeconds} s.");
        }
    }

    public void Dispose() => Disconnect();

    private async Task<SmtpClient> ConnectAsync(CancellationToken cancellation)
    {
        var client = new SmtpClient();
        try
        {
            await client.ConnectAsync(options.Host, options.Port, SecurityOf(options.Tls), cancellation);
            if (options.Login is { } login)
                await client.AuthenticateAsync(login.User, login.Password, cancellation);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Only a 5xx about the recipient or the message itself is for good. One about us (sender, login, policy before them) is the relay's
    /// or our set-up, and must not cost a customer the notice.
    /// </summary>
    private static MailOutcome OutcomeOf(SmtpCommandException exception)
    {
        var why = $"{(int)exception.StatusCode} {exception.Message}";
        var isForGood = (int)exception.StatusCode is >= 500 and <= 599
            && exception.ErrorCode is SmtpErrorCode.RecipientNotAccepted or SmtpErrorCode.MessageNotAccepted;
        return isForGood ? new MailOutcome.Refused(why) : new MailOutcome.TryLater(why);
    }

    private void Disconnect()
    {
        connected?.Dispose();
        connected = null;
    }

    private static SecureSocketOptions SecurityOf(SmtpTls tls) => tls switch
    {
        SmtpTls.None => SecureSocketOptions.None,
        SmtpTls.StartTls => SecureSocketOptions.StartTls,
        SmtpTls.Implicit => SecureSocketOptions.SslOnConnect,
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
