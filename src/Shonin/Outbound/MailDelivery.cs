using Shonin.EventLog.Secrets;

namespace Shonin.Outbound;

/// <summary>Hands one mail over. Answers every trouble of the other side with an outcome.</summary>
internal delegate ValueTask<MailOutcome> DeliverMail(SignedMail mail, CancellationToken cancellation);

/// <summary>What became of handing a mail over.</summary>
internal abstract record MailOutcome
{
    private MailOutcome() { }

    public sealed record Taken : MailOutcome;

    /// <summary>The relay is away, busy, or set up wrongly: the same mail may be taken later.</summary>
    public sealed record TryLater(string Why) : MailOutcome;

    /// <summary>This mail will never be taken: there is no such address, or the relay refuses the message for good.</summary>
    public sealed record Refused(string Why) : MailOutcome;
}

/// <summary>Where no relay is set, a mail becomes a file of the folder: <c>20261124T100207123Z-problem-N1001.eml</c>.</summary>
internal sealed class MailFolder(string path)
{
    public ValueTask<MailOutcome> DeliverAsync(SignedMail mail, CancellationToken cancellation)
    {
        var file = Path.Combine(path, mail.FileName + ".eml");
        try
        {
            cancellation.ThrowIfCancellationRequested();
            OwnerOnly.Folder(path);
            OwnerOnly.Replace(file, mail.Message);
            return ValueTask.FromResult<MailOutcome>(new MailOutcome.Taken());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return ValueTask.FromResult<MailOutcome>(new MailOutcome.TryLater($"{file} cannot be written: {exception.Message}"));
        }
    }
}
