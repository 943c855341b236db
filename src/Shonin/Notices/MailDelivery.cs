using Shonin.EventLog.Secrets;
using Shonin.Operations;

namespace Shonin.Notices;

/// <summary>Hands one mail over. Answers every trouble of the other side with an outcome.</summary>
internal delegate ValueTask<MailOutcome> DeliverMail(SignedMail mail, CancellationToken cancellation);

/// <summary>What became of handing a mail over.</summary>
internal abstract record MailOutcome
{
    private MailOutcome() { }

    public sealed record Taken : MailOutcome;

    /// <summary>Not for this recipient now: greylisted, or the mailbox is full. The same mail may be taken later.</summary>
    public sealed record TryLater(string Why) : MailOutcome;

    /// <summary>The recipient will never take it: there is no such address, or no such mailbox.</summary>
    public sealed record Refused(string Why) : MailOutcome;

    /// <summary>
    /// The relay, or what we told it, stood in the way of this mail, and not the recipient: it is for the operator to mend.
    /// </summary>
    public sealed record RelayRefused(string Why) : MailOutcome;

    /// <summary>The relay cannot be reached, or lets us not in: no mail can leave.</summary>
    public sealed record RelayAway(string Why) : MailOutcome
    {
        /// <summary>How soon it is worth looking again, at the latest.</summary>
        public TimeSpan LookAgainWithin { get; init; } = TimeSpan.FromSeconds(10);
    }

    /// <summary>The relay has the whole mail and did not say what became of it: sent again, it may arrive twice.</summary>
    public sealed record InDoubt(string Why) : MailOutcome;
}

/// <summary>
/// Where no relay is set, a mail becomes a file of the folder: <c>20261124T100207123Z-problem-N1001.eml</c>. A folder that cannot be
/// written is told in the server's health until a mail is written again.
/// </summary>
internal sealed class MailFolder(string path, ServerHealth health)
{
    private const string Part = "mail";
    private const string CannotBeWritten =
        "Mails cannot be written to the mail folder: check free space, owner and mode. They wait, and are tried again.";

    public ValueTask<MailOutcome> DeliverAsync(SignedMail mail, CancellationToken cancellation)
    {
        var file = Path.Combine(path, mail.FileName + ".eml");
        try
        {
            cancellation.ThrowIfCancellationRequested();
            OwnerOnly.Folder(path);
            OwnerOnly.Replace(file, mail.Message);
            health.Clear(HealthArea.MailFolder, Part);
            return ValueTask.FromResult<MailOutcome>(new MailOutcome.Taken());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            health.Note(HealthArea.MailFolder, Part, CannotBeWritten);
            return ValueTask.FromResult<MailOutcome>(new MailOutcome.RelayAway($"{file} cannot be written: {exception.Message}"));
        }
    }
}
