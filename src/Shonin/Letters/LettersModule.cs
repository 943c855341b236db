using Shonin.Contacts;
using Shonin.Notices;
using Shonin.Settings;

namespace Shonin.Letters;

/// <summary>
/// Letters of ours that are no notices: answers of the check address, mailed codes, what the desk writes. All are signed and leave in the
/// same way; what one says and how long it is kept is the business of whoever writes it.
/// </summary>
internal sealed class LettersModule : IModule, IDisposable
{
    private readonly House house;
    private readonly SmtpRelay? relay;
    private readonly MailWay way;

    public LettersModule(House house, NoticeKeys keys)
    {
        this.house = house;
        relay = house.Settings.Smtp() is { } smtp ? new SmtpRelay(smtp, house.Clock) : null;
        way = new(
            relay is null ? new MailFolder(house.PathOf("mail"), house.Health).DeliverAsync : relay.DeliverAsync,
            house.Settings.MailPatience()
        );
        Mime = new(house.Settings.MerchantProfile(), keys.Dkim);
        Replies = house.Settings.ReplyAddress(keys.Marks);
    }

    public LetterMime Mime { get; }

    /// <summary>Where answers to our mails arrive; null where nobody reads any.</summary>
    public ReplyAddress? Replies { get; }

    /// <summary>What sends the letters of a box, for whoever keeps them to run beside the requests.</summary>
    public LetterSender SenderOf(LetterBox box) => new(house.OwnedLog, box, way, house.Clock, house.Log);

    public void Dispose() => relay?.Dispose();
}
