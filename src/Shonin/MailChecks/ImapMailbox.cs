using System.Net;
using System.Net.Sockets;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Search;
using MailKit.Security;

namespace Shonin.MailChecks;

/// <summary>How the mailbox is reached.</summary>
internal enum ImapTls
{
    Implicit,
    StartTls,
    None,
}

/// <summary>A mailbox that is read: the one that customers forward to, or the one that notices come back to.</summary>
/// <param name="Folder">Where new mail lies.</param>
/// <param name="HandledFolder">Where it is put once it has been dealt with.</param>
/// <param name="Timeout">For one request to the server.</param>
internal sealed record ImapOptions(
    string Host,
    int Port,
    ImapTls Tls,
    string User,
    string Password,
    string Folder,
    string HandledFolder,
    TimeSpan Timeout
)
{
    /// <summary>What its settings begin with.</summary>
    public string Name { get; init; } = "MailCheck:Imap";

    /// <summary>Why these options must not be used, or null. Customers' mails and our password cross no network in clear.</summary>
    public string? Problem =>
        Tls == ImapTls.None && !IsLoopback(Host)
            ? $"{Name}:Tls is none, but {Host} is another machine. Set it to implicit (usually port 993) or startTls (usually port 143)."
            : null;

    public override string ToString() => $"{User} at {Host}:{Port}";

    private static bool IsLoopback(string host) =>
        host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}

/// <summary>A mail that lies in the mailbox and has not been read yet.</summary>
internal sealed record ArrivedMail(MailPlace Place, UniqueId Id, long SizeBytes);

/// <summary>
/// One connection to the mailbox. Whatever goes wrong with it is an exception of <see cref="IsTrouble"/>; then it is thrown away.
/// </summary>
internal sealed class ImapMailbox : IAsyncDisposable
{
    /// <summary>A server may hang up after 30 minutes of IDLE (RFC 2177); firewalls do so sooner.</summary>
    private static readonly TimeSpan idleMax = TimeSpan.FromMinutes(9);

    private readonly ImapOptions options;
    private readonly TimeProvider clock;
    private readonly ImapClient client = new();
    private IMailFolder inbox = null!;
    private IMailFolder handled = null!;
    private volatile bool hasNews;
    private CancellationTokenSource? waiting;

    private ImapMailbox(ImapOptions options, TimeProvider clock) => (this.options, this.clock) = (options, clock);

    /// <summary>Whether it is the network's, the server's or the set-up's fault, and may be over later.</summary>
    public static bool IsTrouble(Exception exception) =>
        exception
            is IOException
                or SocketException
                or ProtocolException
                or CommandException
                or AuthenticationException
                or SslHandshakeException
                or NotSupportedException
                or FolderNotFoundException
                or ServiceNotConnectedException
                or ServiceNotAuthenticatedException
                or TimeoutException;

    public static async Task<ImapMailbox> ConnectAsync(ImapOptions options, TimeProvider clock, CancellationToken cancellation)
    {
        var mailbox = new ImapMailbox(options, clock);
        try
        {
            await mailbox.OpenAsync(cancellation);
            return mailbox;
        }
        catch
        {
            await mailbox.DisposeAsync();
            throw;
        }
    }

    /// <summary>The oldest mails that wait.</summary>
    public async Task<IReadOnlyList<ArrivedMail>> ListAsync(int countMax, Func<MailPlace, bool> isWanted, CancellationToken cancellation)
    {
        hasNews = false;
        var ids = await WithinAsync(token => inbox.SearchAsync(SearchQuery.NotDeleted, token), cancellation);
        UniqueId[] wanted = [.. ids.OrderBy(id => id.Id).Where(id => isWanted(PlaceOf(id))).Take(countMax)];
        if (wanted.Length == 0)
            return [];
        var summaries = await WithinAsync(
            token => inbox.FetchAsync(wanted, MessageSummaryItems.UniqueId | MessageSummaryItems.Size, token),
            cancellation
        );
        return [.. summaries.Select(summary => new ArrivedMail(PlaceOf(summary.UniqueId), summary.UniqueId, summary.Size ?? 0))];
    }

    /// <summary>The mail as it lies on the server, byte for byte.</summary>
    public Task<byte[]> FetchAsync(ArrivedMail mail, CancellationToken cancellation) =>
        WithinAsync(
            async token =>
            {
                await using var stream = await inbox.GetStreamAsync(mail.Id, token);
                var bytes = new MemoryStream((int)mail.SizeBytes);
                await stream.CopyToAsync(bytes, token);
                return bytes.ToArray();
            },
            cancellation
        );

    public Task MoveToHandledAsync(ArrivedMail mail, CancellationToken cancellation) =>
        WithinAsync(token => inbox.MoveToAsync(mail.Id, handled, token), cancellation);

    /// <summary>Deletes what arrived before that day, dealt with or not; what a member of the staff has flagged stays.</summary>
    public async Task<int> DeleteOlderAsync(DateTimeOffset before, CancellationToken cancellation)
    {
        var count = await DeleteInAsync(handled, before, cancellation);
        return count + await DeleteInAsync(inbox, before, cancellation);
    }

    /// <summary>Waits until something arrives, at most so long; by IDLE where the server has it.</summary>
    public async Task WaitAsync(TimeSpan atMost, CancellationToken cancellation)
    {
        if (hasNews)
            return;
        if (!client.Capabilities.HasFlag(ImapCapabilities.Idle))
        {
            await Task.Delay(atMost, clock, cancellation);
            return;
        }
        using var done = new CancellationTokenSource(atMost < idleMax ? atMost : idleMax, clock);
        waiting = done;
        try
        {
            if (!hasNews)
            {
                await client
                    .IdleAsync(done.Token, cancellation)
                    .WaitAsync((atMost < idleMax ? atMost : idleMax) + options.Timeout, clock, cancellation);
            }
        }
        finally
        {
            waiting = null;
        }
    }

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task OpenAsync(CancellationToken cancellation)
    {
        await WithinAsync(token => client.ConnectAsync(options.Host, options.Port, SecurityOf(options.Tls), token), cancellation);
        await WithinAsync(token => client.AuthenticateAsync(options.User, options.Password, token), cancellation);
        inbox = await WithinAsync(token => client.GetFolderAsync(options.Folder, token), cancellation);
        handled = await WithinAsync(HandledFolderAsync, cancellation);
        inbox.CountChanged += (_, _) => NoteNews();
        await WithinAsync(token => inbox.OpenAsync(FolderAccess.ReadWrite, token), cancellation);
    }

    private async Task<IMailFolder> HandledFolderAsync(CancellationToken cancellation)
    {
        try
        {
            return await client.GetFolderAsync(options.HandledFolder, cancellation);
        }
        catch (FolderNotFoundException)
        {
            var root = client.GetFolder(client.PersonalNamespaces[0]);
            return await root.CreateAsync(options.HandledFolder, isMessageFolder: true, cancellation)
                ?? throw new FolderNotFoundException($"The server did not make the folder {options.HandledFolder}.", options.HandledFolder);
        }
    }

    private async Task<int> DeleteInAsync(IMailFolder folder, DateTimeOffset before, CancellationToken cancellation)
    {
        await WithinAsync(token => folder.OpenAsync(FolderAccess.ReadWrite, token), cancellation);
        var old = await WithinAsync(
            token => folder.SearchAsync(SearchQuery.DeliveredBefore(before.UtcDateTime.Date).And(SearchQuery.NotFlagged), token),
            cancellation
        );
        if (old.Count > 0)
        {
            await WithinAsync(token => folder.AddFlagsAsync(old, MessageFlags.Deleted, silent: true, token), cancellation);
            await WithinAsync(token => folder.ExpungeAsync(old, token), cancellation);
        }
        return old.Count;
    }

    private void NoteNews()
    {
        hasNews = true;
        try
        {
            waiting?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The wait ended by itself in the same moment.
        }
    }

    private MailPlace PlaceOf(UniqueId id) => new(inbox.UidValidity, id.Id);

    private async Task WithinAsync(Func<CancellationToken, Task> request, CancellationToken cancellation) =>
        await WithinAsync(
            async token =>
            {
                await request(token);
                return 0;
            },
            cancellation
        );

    /// <summary>A server that does not answer in time is one that is away.</summary>
    private async Task<T> WithinAsync<T>(Func<CancellationToken, Task<T>> request, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(options.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            return await request(either.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"{options.Host}:{options.Port} did not answer within {options.Timeout.TotalSeconds} s.");
        }
    }

    private static SecureSocketOptions SecurityOf(ImapTls tls) =>
        tls switch
        {
            ImapTls.Implicit => SecureSocketOptions.SslOnConnect,
            ImapTls.StartTls => SecureSocketOptions.StartTls,
            ImapTls.None => SecureSocketOptions.None,
        };
}
