using Shonin.MailChecks;
using Shonin.Operations;
using Shonin.Orders;
using Shonin.Settings;

namespace Shonin.Notices;

/// <summary>
/// Notices on their way: signed, sent in their order, and read again where they come back. The customer's messages are pages of it.
/// </summary>
internal sealed class NoticesModule : IModule, IDisposable
{
    private readonly SmtpRelay? relay;
    private readonly MailSender sender;
    private readonly MailboxReader? reader;

    public NoticesModule(House house, OrdersModule orders, NoticeKeys keys)
    {
        Keys = keys;
        var settings = house.Settings;
        relay = settings.Smtp() is { } smtp ? new SmtpRelay(smtp, house.Clock) : null;
        var returnPath = settings.ReturnPath(keys.Marks);
        if (relay is not null && returnPath is null)
        {
            house.Log.LogWarning(
                "Notices that come back are not read: set {Setting}, or nobody hears of a customer who received none",
                KnownSettings.BouncesAddress.Name
            );
        }

        Bounces = returnPath is null
            ? null
            : new BounceDesk(returnPath, orders.Book.FindByNoticeAsync, orders.Book.RecordMailAsync, house.Log);
        var mime = new NoticeMime(settings.MerchantProfile(), keys.Dkim, house.Clock)
        {
            ReturnPath = returnPath,
            Replies = settings.ReplyAddress(keys.Marks),
        };
        DeliverMail deliver = relay is null ? new MailFolder(house.PathOf("mail"), house.Health).DeliverAsync : relay.DeliverAsync;
        sender = new MailSender(
            house.Store,
            orders.Book.WordsOfAsync,
            mime,
            deliver,
            orders.Book.RecordMailAsync,
            settings.MailPatience(),
            house.Clock,
            house.Log
        )
        {
            Connections = settings.Of(KnownSettings.SmtpConnections),
        };
        reader =
            Bounces is not null && settings.BouncesMailbox() is { } mailbox
                ? new MailboxReader(
                    mailbox,
                    Bounces,
                    settings.MailboxPatience(),
                    settings.Of(KnownSettings.MailCheckSizeBytesMax),
                    house.Clock,
                    house.Log
                )
                : null;
        house.Health.MailNotLeavingSince = () => Relay.TroubleSince;
    }

    public NoticeKeys Keys { get; }

    public RelayCondition Relay => sender.Relay;

    /// <summary>Reads what comes back to the return path; null where none is set.</summary>
    public BounceDesk? Bounces { get; }

    /// <summary>Whether what comes back has a mailbox of its own; else it comes into that of the check address.</summary>
    public bool ReadsBounces => reader is not null;

    public IEnumerable<Gauge> Gauges =>
        [
            new("shonin_mail_leaves", "Whether mail leaves.", () => Relay.TroubleSince is null ? 1 : 0),
            new("shonin_bounces_failed", "Notices that came back since the start.", () => Bounces?.Counts.Failed ?? 0),
            new(
                "shonin_bounces_ignored",
                "Mails to the return path since the start that named no notice of ours, or nothing of its delivery.",
                () => Bounces is null ? 0 : Bounces.Counts.Forged + Bounces.Counts.Other
            ),
        ];

    public IEnumerable<Work> Works =>
        [
            new("Sending mails", sender.RunAsync),
            .. reader is null ? Array.Empty<Work>() : [new("Reading what comes back", reader.RunAsync)],
        ];

    public void Dispose() => relay?.Dispose();
}
