using System.Text;
using Shonin.Domain.Proofs;
using Shonin.EventLog;
using Shonin.EventLog.Secrets;
using Shonin.Merchant.Notices;
using Shonin.Notices;

namespace Shonin.MailChecks;

/// <summary>Our record of notices as a mail check asks it.</summary>
internal static class NoticeLookup
{
    private static readonly byte[] fieldName = Encoding.ASCII.GetBytes(NoticeMark.FieldName);

    public static LedgerLookup Of(NoticeLedger ledger) =>
        (message, content, recipient, cancellation) =>
            ledger.FindAsync(
                [.. message.Fields.Where(field => field.Is(fieldName)).Select(field => field.ValueText())],
                content,
                recipient,
                cancellation
            );

    /// <summary>On a data folder's log and keys; where no notice was ever marked there, nothing is on record.</summary>
    /// <exception cref="KeyFileException">A key file cannot be used; the message says what to do.</exception>
    public static LedgerLookup Of(IEventReader log, KeyFolder keys) =>
        NoticeMarkKeyFiles.Load(keys) is { } markKeys
            ? Of(new NoticeLedger(log, markKeys))
            : (_, _, _, _) => ValueTask.FromResult<LedgerFinding>(new LedgerFinding.NotChecked());
}
