using Shonin.EventLog.Secrets;
using Shonin.MailChecks;

namespace Shonin.Settings;

/// <summary>The settings of one mailbox that is read over IMAP; each such mailbox has the same under a section of its own.</summary>
internal sealed class MailboxSettings
{
    private readonly string section;
    private readonly Setting<int> port;
    private readonly Setting<ImapTls> tls;
    private readonly Setting<string?> user;
    private readonly Setting<string?> passwordFile;
    private readonly Setting<string?> password;
    private readonly Setting<string> folder;
    private readonly Setting<string> handledFolder;

    /// <param name="section">What their names begin with: <c>Bounces:Imap</c>.</param>
    /// <param name="host">Of the server: a sentence on what it is, and what happens without it.</param>
    /// <param name="folder">A sentence on what arrives there.</param>
    /// <param name="handledFolder">The folder's name where nobody says otherwise, and a sentence on what is moved into it.</param>
    public MailboxSettings(string section, string host, string folder, (string Name, string Meaning) handledFolder)
    {
        this.section = section;
        Host = Kinds.TextOrNone($"{section}:Host", host);
        port = Kinds.Number($"{section}:Port", 993, 1, 65_535, "Its port.");
        tls = Kinds.Choice(
            $"{section}:Tls",
            ImapTls.Implicit,
            "implicit (usually port 993), startTls (usually port 143), none for a server on this machine."
        );
        user = Kinds.TextOrNone($"{section}:User", "The mailbox's user.");
        passwordFile = Kinds.TextOrNone($"{section}:PasswordFile", "A file with the password of that user, mode 600.");
        password = Kinds.Secret($"{section}:Password", passwordFile, "The password itself.");
        this.folder = Kinds.Text($"{section}:Folder", "INBOX", folder);
        this.handledFolder = Kinds.Text($"{section}:HandledFolder", handledFolder.Name, handledFolder.Meaning);
        All = [Host, port, tls, user, passwordFile, password, this.folder, this.handledFolder];
    }

    /// <summary>Without it there is no such mailbox.</summary>
    public Setting<string?> Host { get; }

    /// <summary>All of them, in the order in which they are shown.</summary>
    public IReadOnlyList<Setting> All { get; }

    /// <summary>How the mailbox is read; null where there is none.</summary>
    /// <exception cref="ArgumentException">It is set up by half, or would cross a network in clear.</exception>
    /// <exception cref="KeyFileException">The file with its password is missing or open to others.</exception>
    public ImapOptions? Of(SettingValues settings, TimeSpan timeout)
    {
        if (settings.Of(Host) is not { } host)
            return null;
        var mailbox = new ImapOptions(
            host,
            settings.Of(port),
            settings.Of(tls),
            settings.Of(user) ?? throw MissingBeside(Host, user),
            settings.SecretOf(password) ?? throw MissingBeside(Host, passwordFile),
            settings.Of(folder),
            settings.Of(handledFolder),
            timeout
        )
        {
            Name = section,
        };
        return mailbox.Problem is { } problem ? throw new ArgumentException(problem) : mailbox;
    }

    /// <summary>A setting that is wanted because another is set.</summary>
    public static ArgumentException MissingBeside(Setting set, Setting missing) => new($"{missing.Name} must be set where {set.Name} is.");
}
