using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Shonin.Journeys.Mail;

/// <summary>
/// Debian's dovecot as the server of the check mailbox, over Maildirs that postfix fills: a configuration of its own in a temporary
/// folder, on a port of its own of the loopback.
/// </summary>
internal sealed class DovecotServer : IAsyncDisposable
{
    public const string Password = "journey-password";

    private readonly string folder = Directory.CreateTempSubdirectory("shonin-dovecot-").FullName;

    private DovecotServer() { }

    public int Port { get; } = FreePort();

    private string Configuration => Path.Combine(folder, "dovecot.conf");

    /// <param name="mailboxes">The folder with a Maildir a user; they belong to the user postfix.</param>
    public static async Task<DovecotServer> StartAsync(string mailboxes)
    {
        Assert.True(
            File.Exists("/usr/lib/dovecot/imap") && Environment.UserName == "root",
            "This journey needs Debian's dovecot, which only root can start. Install it (apt-get install dovecot-imapd) and run the tests as root."
        );
        var server = new DovecotServer();
        await File.WriteAllTextAsync(
            server.Configuration,
            $$"""
            base_dir = {{server.folder}}/run
            log_path = {{server.folder}}/dovecot.log
            protocols = imap
            listen = 127.0.0.1
            ssl = no
            disable_plaintext_auth = no
            first_valid_uid = 1
            mail_location = maildir:{{mailboxes}}/%u
            passdb {
              driver = static
              args = password={{Password}}
            }
            userdb {
              driver = static
              args = uid=postfix gid=postfix home={{mailboxes}}/%u
            }
            service imap-login {
              inet_listener imap {
                port = {{server.Port}}
              }
              inet_listener imaps {
                port = 0
              }
            }

            """
        );
        await RunAsync("chmod", "755", server.folder);
        await RunAsync("dovecot", "-c", server.Configuration);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync("doveadm", "-c", Configuration, "stop");
        Directory.Delete(folder, recursive: true);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
