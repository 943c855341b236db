using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Shonin.Domain.Orders;
using Shonin.MailChecks;
using Shonin.Merchant.Notices;
using Shonin.Merchant.Orders;
using Shonin.Notices;
using Shonin.Specs.Orders;
using Shonin.Web;

namespace Shonin.Specs.Notices;

/// <summary>From what lies in the mailbox to what the order knows.</summary>
[RealParts]
public sealed class BounceDeskSpecs : IAsyncLifetime
{
    private static readonly MailPlace place = new(1, 1);

    private readonly ReturnPath returnPath = new(MailAddress.Read("bounces@shop.example.jp")!, Shop.MarkKeys);
    private Shop shop = null!;
    private BounceDesk desk = null!;
    private OrderRecord order = null!;
    private NoticeMail notice = null!;

    [Fact]
    public async Task A_notice_that_came_back_is_undeliverable_and_an_agent_is_asked_once()
    {
        await shop.Book.RecordMailAsync(
            order.Order.Id.Value,
            new OrderCommand.RecordNoticeSent(notice.NoticeId),
            MailOutboxPayload.ItemIdOf(notice.NoticeId),
            default
        );
        await TakeAsync(Failed(returnPath.Of(notice)));
        await TakeAsync(Failed(returnPath.Of(notice)));

        var after = await shop.FindAsync(order);
        Assert.Contains(AttentionReason.NoticeUndeliverable, after.Order.Attention);
        Assert.NotNull(Assert.Single(after.Order.Notices).UndeliverableAt);
        Assert.Contains(
            "no such user",
            Assert.Single(after.History.OfType<OrderEvent.NoticeUndeliverable>()).Why,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Each_notice_that_came_back_is_known_though_the_agent_is_asked_already()
    {
        await TakeAsync(Failed(returnPath.Of(notice)));
        await shop.AnswerAsync(order, "05");
        shop.Advance(TimeSpan.FromMinutes(2));
        var declined = await shop.FindAsync(order);
        while (declined.Order.Notices.Length < 2)
            declined = await shop.FindAsync(order);
        await shop.Book.RecordMailAsync(
            order.Order.Id.Value,
            new OrderCommand.RecordNoticeUndeliverable(declined.Order.Notices[^1].Notice.Id, "550"),
            null,
            default
        );

        Assert.All((await shop.FindAsync(order)).Order.Notices, record => Assert.NotNull(record.UndeliverableAt));
    }

    [Fact]
    public async Task Capitals_of_a_relay_do_no_harm()
    {
        await TakeAsync(Failed(returnPath.Of(notice).ToUpperInvariant()));
        Assert.NotNull((await shop.FindAsync(order)).Order.Notices[0].UndeliverableAt);
    }

    [Fact]
    public async Task A_notice_that_is_only_late_on_its_way_is_noted_and_asks_nobody()
    {
        await shop.Book.RecordMailAsync(
            order.Order.Id.Value,
            new OrderCommand.RecordNoticeSent(notice.NoticeId),
            MailOutboxPayload.ItemIdOf(notice.NoticeId),
            default
        );
        await TakeAsync(Failed(returnPath.Of(notice)).Replace("failed", "delayed", StringComparison.Ordinal));

        var after = await shop.FindAsync(order);
        Assert.Empty(after.Order.Attention);
        Assert.Single(after.History.OfType<OrderEvent.NoticeDelayed>());
        Assert.Equal(new BounceCounts(0, 1, 0, 0), desk.Counts);
    }

    [Theory]
    [InlineData("bounces@shop.example.jp")]
    [InlineData("bounces+{0}-aaaaaaaaaa@shop.example.jp")]
    [InlineData("bounces+{0}@shop.example.jp")]
    [InlineData("bounces+0000000000-{1}@shop.example.jp")]
    [InlineData("bounces+N1001-received@shop.example.jp")]
    public async Task A_report_without_the_code_that_we_made_is_counted_and_ignored(string address)
    {
        var path = returnPath.Of(notice);
        await TakeAsync(
            Failed(
                string.Format(
                    System.Globalization.CultureInfo.InvariantCulture,
                    address,
                    notice.Reference,
                    path[(path.IndexOf('-', StringComparison.Ordinal) + 1)..path.IndexOf('@', StringComparison.Ordinal)]
                )
            )
        );

        Assert.Empty((await shop.FindAsync(order)).Order.Attention);
        Assert.Equal(new BounceCounts(0, 0, 1, 0), desk.Counts);
    }

    [Fact]
    public async Task A_mail_to_somebody_else_is_left_to_whoever_reads_the_mailbox_too()
    {
        Assert.False(await desk.TryHandleAsync(Encoding.UTF8.GetBytes(Failed("check@shop.example.jp")), default));
        Assert.True(await desk.TryHandleAsync(Encoding.UTF8.GetBytes(Failed("bounces@shop.example.jp")), default));
    }

    [Fact]
    public void The_return_path_names_no_order_and_fits_into_an_envelope()
    {
        var path = returnPath.Of(notice);
        Assert.Matches("^bounces\\+[0-9]{10}-[a-z2-7]{10}@shop\\.example\\.jp$", path);
        Assert.DoesNotContain(order.Order.Number, path, StringComparison.Ordinal);
        Assert.IsType<ReturnPathReading.Ours>(returnPath.Read([path]));
        Assert.Equal("bounces@shop.example.jp", returnPath.Of(notice with { Reference = null }));
        Assert.IsType<ReturnPathReading.NotOurs>(returnPath.Read(["bounces@other.example.jp", "nonsense"]));
    }

    public async ValueTask InitializeAsync()
    {
        shop = await Shop.OpenAsync();
        desk = new(returnPath, shop.Book.FindByNoticeAsync, shop.Book.RecordMailAsync, NullLogger.Instance);
        order = await shop.PlacedAsync();
        notice = (await shop.Book.WordsOfAsync(order.Order.Id, order.Order.Notices[0].Notice.Id, default))!;
    }

    public async ValueTask DisposeAsync() => await shop.DisposeAsync();

    private async Task TakeAsync(string mail) =>
        Assert.Equal(Handling.Unanswered, await desk.HandleAsync(place, Encoding.UTF8.GetBytes(mail), default));

    private static string Failed(string to) =>
        $"From: MAILER-DAEMON@mx.example.jp\r\nTo: {to}\r\nSubject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n"
        + "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        + "Reporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; x@example.jp\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 no such user\r\n\r\n--b--\r\n";
}
