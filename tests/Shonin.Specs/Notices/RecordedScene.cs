using System.Security.Cryptography;
using Microsoft.Extensions.Time.Testing;
using Shonin.CardNetwork.Link;
using Shonin.Domain.Orders;
using Shonin.Domain.Proofs;
using Shonin.EventLog;
using Shonin.EventLog.InMemory;
using Shonin.MailAuthentication;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailAuthentication.Dns;
using Shonin.MailAuthentication.Message;
using Shonin.MailChecks;
using Shonin.Merchant;
using Shonin.Merchant.Notices;
using Shonin.Merchant.Orders;
using Shonin.Notices;
using Shonin.Specs.Orders;

namespace Shonin.Specs.Notices;

/// <summary>One notice of the scenes, recorded in a log as production records it, and the ledger over that log.</summary>
internal sealed class RecordedScene
{
    public const string Customer = "Hanako@example.com";

    private RecordedScene(InMemoryEventStore log, NoticeMail notice) => (Log, Notice) = (log, notice);

    public InMemoryEventStore Log { get; }

    public NoticeMail Notice { get; }

    public NoticeLedger Ledger => new(Log, Shop.MarkKeys);

    public static async Task<RecordedScene> RecordAsync(NoticeScene scene)
    {
        var log = new InMemoryEventStore();
        var order = scene.Story.Order;
        var stream = OrderKeys.StreamOf(order.Id);
        var lease = await log.AcquireShardAsync(ShardMap.ShardOf(stream), default);
        var queued = new OrderEvent.NoticeQueued(scene.Notice, scene.Story.Now);
        await log.CommitAsync(
            [
                new Append(stream, 0, lease, scene.Story.Now)
                {
                    Events = [.. scene.Story.History.Append(queued).Select(StoredOrderEvents.Write)],
                    Keys =
                    [
                        new UniqueKey(OrderKeys.NoticeScope, scene.Notice.Id),
                        .. scene.Notice.Reference is { } reference
                            ? [OrderKeys.Reference(reference, scene.Notice.Id)]
                            : Array.Empty<UniqueKey>(),
                    ],
                    Documents = [new SealedPerson(Customer, "山田 花子", null, "k7Qm2vXr9sTb").ToDocument(order.Id)],
                },
            ],
            default
        );

        await using var owned = await OwnedLog.TakeAsync(log, default);
        var options = new MerchantOptions
        {
            Profile = NoticeScenes.Merchant,
            PublicUrl = "https://shop.example.jp",
            Acquirer = "1",
            Terminal = "1",
            CustomerHashKey = new byte[32],
            MarkKeys = Shop.MarkKeys,
        };
        await using var book = await OrderBook.OpenAsync(
            new(options, owned, new FakeTimeProvider(scene.Story.Now), RandomNumberGenerator.Fill)
            {
                Send = (_, _) => ValueTask.FromResult<SendOutcome>(new SendOutcome.Sent(default)),
                LinkCondition = () => LinkCondition.Up,
                OnFault = fault => throw fault,
            },
            default
        );
        return new(log, (await book.WordsOfAsync(order.Id, scene.Notice.Id, default))!);
    }

    /// <summary>What the record says of a mail, whoever wrote it.</summary>
    public async Task<LedgerFinding> FindAsync(byte[] message, string? recipient) =>
        await NoticeLookup.Of(Ledger)(
            Parse(message),
            MailReader.Read(Parse(message), FromMailboxes.Of(Parse(message))).Content,
            recipient,
            default
        );

    public static async Task<IReadOnlyList<DkimResult>> VerifyAsync(byte[] message, DkimKeys keys, DateTimeOffset at) =>
        await new DkimVerifier(Published(keys, at)).VerifyAsync(Parse(message), at);

    private static DnsLookup Published(DkimKeys keys, DateTimeOffset at) =>
        (name, type, _) =>
            ValueTask.FromResult<DnsAnswer>(
                type == DnsRecordType.Txt && keys.At(at).FirstOrDefault(key => key.DnsName == name) is { } key
                    ? new DnsAnswer.Records([new DnsRecord.Text(key.DnsRecord)])
                    : new DnsAnswer.NxDomain()
            );

    /// <summary>The whole answer that a customer gets, as of the moment at which the mail came.</summary>
    public async Task<MailVerdict> JudgeAsync(byte[] message, DkimKeys keys, DateTimeOffset at, string? recipient)
    {
        var checker = new MailChecker(new MailAuthenticator(Published(keys, at), TimeProvider.System), NoticeLookup.Of(Ledger));
        var profile = new MailProfile("shop.example.jp", ["証商店", "Akashi Store"], ["shop.example.jp"], []);
        return Assert
            .IsType<MailCheck.Checked>(
                await checker.CheckAsync(
                    message,
                    new MailQuestion
                    {
                        Now = at,
                        Profiles = [profile],
                        Recipient = recipient,
                    }
                )
            )
            .Result.Verdict;
    }

    private static MailMessage Parse(byte[] message) => Assert.IsType<MessageParse.Parsed>(MailMessage.Parse(message)).Message;
}
