using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Shonin.Journeys.Mail;

/// <summary>
/// Debian's postfix as the server that receives our mail: a configuration, queue and mailboxes of its own in a temporary folder,
/// on a port of its own of the loopback. hanako@example.com, check@shop.example.jp and bounces@shop.example.jp have a mailbox,
/// help@shop.example.jp leads into the one of check@shop.example.jp,
/// busy@example.com is told to come back later, what was taken for moved@example.com comes back, nobody else exists.
/// </summary>
public sealed class PostfixServer : IAsyncLifetime
{
    public const string Customer = "hanako@example.com";
    public const string CheckAddress = "check@shop.example.jp";
    public const string Help = "help@shop.example.jp";
    public const string Bounces = "bounces@shop.example.jp";
    public const string Moved = "moved@example.com";
    public const string Busy = "busy@example.com";
    public const string Nobody = "nobody@example.com";

    private readonly string folder = Directory.CreateTempSubdirectory("shonin-postfix-").FullName;

    public int Port { get; } = FreePort();

    /// <summary>The mailboxes, a Maildir each, named by the local parts. They belong to the user postfix.</summary>
    public string Mailboxes => Path.Combine(folder, "mail");

    private string Configuration => Path.Combine(folder, "conf");

    private string NewMails => Path.Combine(folder, "mail", "hanako", "new");

    public async ValueTask InitializeAsync()
    {
        Assert.True(
            File.Exists("/usr/sbin/postfix") && Environment.UserName == "root",
            "This journey needs Debian's postfix, which only root can start. Install it (apt-get install postfix) and run the tests as root."
        );
        await ConfigureAsync();
        await StartAgainAsync();
    }

    public Task StartAgainAsync() => RunAsync("postfix", "-c", Configuration, "start");

    public Task StopAsync() => RunAsync("postfix", "-c", Configuration, "stop");

    /// <summary>The next mail in the customer's mailbox, as the server stored it.</summary>
    public async Task<byte[]> TakeMailAsync()
    {
        var arrived = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watcher = new FileSystemWatcher(NewMails);
        watcher.Created += (_, happened) => arrived.TrySetResult(happened.FullPath);
        watcher.Renamed += (_, happened) => arrived.TrySetResult(happened.FullPath);
        watcher.EnableRaisingEvents = true;
        if (Directory.EnumerateFiles(NewMails).FirstOrDefault() is { } already)
            arrived.TrySetResult(already);

        var file = await arrived.Task.WaitAsync(Waits.Most);
        var mail = await File.ReadAllBytesAsync(file);
        File.Delete(file);
        return mail;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(folder, recursive: true);
    }

    private async Task ConfigureAsync()
    {
        foreach (
            var name in new[]
            {
                "conf",
                "queue",
                "data",
                "mail/hanako/new",
                "mail/hanako/cur",
                "mail/hanako/tmp",
                "mail/check/new",
                "mail/check/cur",
                "mail/check/tmp",
                "mail/bounces/new",
                "mail/bounces/cur",
                "mail/bounces/tmp",
                "mail/bounces/.Handled/new",
                "mail/bounces/.Handled/cur",
                "mail/bounces/.Handled/tmp",
            }
        )
        {
            Directory.CreateDirectory(Path.Combine(folder, name));
        }

        var (user, group) = ((await RunAsync("id", "-u", "postfix")).Trim(), (await RunAsync("id", "-g", "postfix")).Trim());
        await File.WriteAllTextAsync(
            Path.Combine(Configuration, "main.cf"),
            $$"""
            compatibility_level = 3.6
            queue_directory = {{folder}}/queue
            data_directory = {{folder}}/data
            command_directory = /usr/sbin
            daemon_directory = /usr/lib/postfix/sbin
            mail_owner = postfix
            setgid_group = postdrop
            inet_interfaces = 127.0.0.1
            inet_protocols = ipv4
            myhostname = mx.example.com
            mydestination =
            virtual_mailbox_domains = example.com shop.example.jp
            virtual_mailbox_base = {{folder}}/mail
            virtual_mailbox_maps = inline:{ { {{Customer}} = hanako/ } { {{CheckAddress}} = check/ } { {{Help}} = check/ } { {{Bounces}} = bounces/ } { {{Moved}} = moved/ } { {{Busy}} = busy/ } }
            recipient_delimiter = +
            transport_maps = inline:{ { {{Moved}} = moved: } }
            virtual_uid_maps = static:{{user}}
            virtual_gid_maps = static:{{group}}
            smtpd_recipient_restrictions = check_recipient_access inline:{ { {{Busy}} = 450 4.2.1 come back later } } permit_mynetworks reject
            maillog_file = {{folder}}/postfix.log
            maillog_file_prefixes = {{folder}}

            """
        );
        await File.WriteAllTextAsync(
            Path.Combine(Configuration, "master.cf"),
            $$"""
            127.0.0.1:{{Port}} inet n - n - - smtpd
            cleanup unix n - n - 0 cleanup
            qmgr unix n - n 300 1 qmgr
            rewrite unix - - n - - trivial-rewrite
            bounce unix - - n - 0 bounce
            defer unix - - n - 0 bounce
            trace unix - - n - 0 bounce
            error unix - - n - - error
            retry unix - - n - - error
            moved unix - n n - - pipe user=nobody argv=/bin/sh -c {echo The mailbox has moved; exit 67}
            proxymap unix - - n - - proxymap
            anvil unix - - n - 1 anvil
            virtual unix - n n - - virtual
            postlog unix-dgram n - n - 1 postlogd

            """
        );
        await RunAsync("chmod", "755", folder);
        await RunAsync("chown", "-R", "postfix:postfix", Path.Combine(folder, "data"), Path.Combine(folder, "mail"));
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = program == "postfix" ? "" : await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {output}");
        return output;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
