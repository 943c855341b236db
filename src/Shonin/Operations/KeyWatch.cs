using Shonin.EventLog.Secrets;
using Shonin.Notices;

namespace Shonin.Operations;

/// <summary>
/// Keys are made and revoked on the command line, beside a server that alone may write the log. So the server looks at the files of keys,
/// at its start and every few seconds, and notes each change once, with the time that stands in the file.
/// </summary>
internal sealed class KeyWatch(
    ApiKeys apiKeys,
    MailKeyBook mailKeys,
    KeyFolder folder,
    MerchantAudit audit,
    TimeProvider clock,
    ILogger log
)
{
    private static readonly TimeSpan lookEvery = TimeSpan.FromSeconds(5);

    private readonly HashSet<(AuditedAct Kind, string Key)> noted = [];

    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(lookEvery, clock);
        try
        {
            do TryLook();
            while (await timer.WaitForNextTickAsync(cancellation));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The server ends.
        }
    }

    /// <exception cref="KeyFileException">A file of keys cannot be used; the message says what to do.</exception>
    /// <exception cref="InvalidDataException">The file of API keys is damaged.</exception>
    public void Look()
    {
        foreach (var key in apiKeys.List())
        {
            Note(AuditedAct.ApiKeyMade, key.Id, key.CreatedAt);
            if (key.RevokedAt is { } revokedAt)
                Note(AuditedAct.ApiKeyRevoked, key.Id, revokedAt);
        }
        foreach (var key in mailKeys.Keys)
        {
            Note(AuditedAct.MailKeyMade, $"{key.Selector}.{key.Domain}", null);
            if (key.Revoked is { } revokedAt)
                Note(AuditedAct.MailKeyTakenBack, $"{key.Selector}.{key.Domain}", revokedAt);
        }
        foreach (var name in NoticeMarkKeyFiles.Names(folder))
            Note(AuditedAct.MarkKeyMade, name, null);
    }

    private void TryLook()
    {
        try
        {
            Look();
        }
        catch (Exception unusable) when (unusable is KeyFileException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            log.LogError("The files of keys cannot be read: {Why}", unusable.Message);
        }
    }

    private void Note(AuditedAct kind, string key, DateTimeOffset? at)
    {
        if (!noted.Contains((kind, key)) && audit.Once(kind, key, at))
            noted.Add((kind, key));
    }
}
