using System.Text;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Shonin.Settings;

namespace Shonin.Notices;

/// <summary>
/// One connection to the relay, greeted and signed in. Connecting, TLS and signing in are MailKit's; the transaction is asked command by
/// command, so that it is known to which of them a reply, or silence, came.
/// </summary>
internal sealed class SmtpConnection : IDisposable
{
    private readonly SmtpOptions options;
    private readonly TimeProvider time;
    private readonly Asking client = new();

    private SmtpConnection(SmtpOptions options, TimeProvider time)
    {
        (this.options, this.time) = (options, time);
        client.Timeout = (int)(options.FinalTimeout + options.Timeout).TotalMilliseconds; // Ours are shorter, step by step.
    }

    /// <summary>Since when nothing has been asked on it, as a timestamp of the clock.</summary>
    public long RestingSince { get; private set; }

    public bool TakesUtf8 => client.Capabilities.HasFlag(SmtpCapabilities.UTF8);

    /// <summary>Throws what <see cref="IsTrouble"/> names, and <see cref="OperationCanceledException"/>.</summary>
    public static async Task<SmtpConnection> OpenAsync(SmtpOptions options, TimeProvider time, CancellationToken cancellation)
    {
        var connection = new SmtpConnection(options, time);
        try
        {
            await connection.WithinAsync(
                options.Timeout,
                token => connection.client.ConnectAsync(options.Host, options.Port, SecurityOf(options.Tls), token),
                cancellation
            );
            if (options.Login is { } login)
            {
                await connection.WithinAsync(
                    options.Timeout,
                    token => connection.client.AuthenticateAsync(login.User, login.Password, token),
                    cancellation
                );
            }

            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Whether it is the network's, the relay's or the set-up's fault, and may be over later.</summary>
    public static bool IsTrouble(Exception exception) =>
        exception
            is IOException
                or System.Net.Sockets.SocketException
                or ProtocolException
                or CommandException
                or AuthenticationException
                or SslHandshakeException
                or NotSupportedException
                or ServiceNotConnectedException
                or ServiceNotAuthenticatedException
                or TimeoutException;

    /// <exception cref="TimeoutException">No reply came in time.</exception>
    public async Task<SmtpReply> AskAsync(SmtpStep step, string command, TimeSpan timeout, CancellationToken cancellation)
    {
        SmtpReply? reply = null;
        await WithinAsync(
            timeout,
            async token =>
            {
                var response = await client.AskAsync(command, token);
                reply = new(step, (int)response.StatusCode, response.Response);
            },
            cancellation
        );
        return reply!;
    }

    /// <summary>The message and its final dot: a dot that begins a line is doubled (RFC 5321 section 4.5.2).</summary>
    public Task<SmtpReply> SendContentAsync(byte[] message, CancellationToken cancellation)
    {
        var text = Encoding.UTF8.GetString(message);
        var content = new StringBuilder(text.Length + 64).Append(text);
        content.Replace("\r\n.", "\r\n..");
        if (text.StartsWith('.'))
            content.Insert(0, '.');
        if (!text.EndsWith("\r\n", StringComparison.Ordinal))
            content.Append("\r\n");
        return AskAsync(SmtpStep.Content, content.Append('.').ToString(), options.FinalTimeout, cancellation);
    }

    /// <summary>Forgets a transaction that came to nothing. False where the connection is of no further use.</summary>
    public async ValueTask<bool> ResetAsync(CancellationToken cancellation)
    {
        try
        {
            return (await AskAsync(SmtpStep.Sender, "RSET", options.Timeout, cancellation)).IsPositive;
        }
        catch (Exception trouble) when (IsTrouble(trouble))
        {
            return false;
        }
    }

    public void Rest() => RestingSince = time.GetTimestamp();

    public void Dispose() => client.Dispose();

    private async Task WithinAsync(TimeSpan timeout, Func<CancellationToken, Task> ask, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        try
        {
            await ask(either.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"no answer within {timeout.TotalSeconds} s");
        }
    }

    private static SecureSocketOptions SecurityOf(SmtpTls tls) =>
        tls switch
        {
            SmtpTls.None => SecureSocketOptions.None,
            SmtpTls.StartTls => SecureSocketOptions.StartTls,
            SmtpTls.Implicit => SecureSocketOptions.SslOnConnect,
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    /// <summary>MailKit keeps the single command for those who derive from it.</summary>
    private sealed class Asking : SmtpClient
    {
        public Task<SmtpResponse> AskAsync(string command, CancellationToken cancellation) => SendCommandAsync(command, cancellation);
    }
}
