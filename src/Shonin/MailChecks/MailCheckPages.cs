using System.Collections.Immutable;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Domain.Proofs;
using Shonin.Merchant.Orders;
using Shonin.Orders;
using Shonin.Web;

namespace Shonin.MailChecks;

/// <summary>Judges one raw message; the address is that of whoever asks, or null.</summary>
public delegate ValueTask<MailCheck> MailCheckSource(ReadOnlyMemory<byte> raw, string? recipient, CancellationToken cancellation);

/// <summary>
/// A mail that a customer brings: its verdict, and whether it was sent to the one who asks. The mail lies in memory while its page is
/// looked at; only a report keeps it (<see cref="MailReportPages"/>).
/// </summary>
internal sealed class MailCheckPages(MailJudging judging, OrderBook orders, CheckPages start, ScreenLimits limits, TimeProvider clock)
    : IDisposable
{
    private readonly HeldMails held = new(limits.MailCheckSizeBytesMax, clock);

    /// <summary>The mails that lie in memory.</summary>
    public HeldMails Held => held;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/check/mail", (Delegate)CheckAsync).TakesLongUploads();
        routes.MapGet("/check/mail", (HttpContext http) => See.Other(PageFaults.ContextOf(http, "/check").To("/check")));
        routes.MapGet("/check/mails/{name}", ShowAsync);
        routes.MapPost("/check/mails/{name}/recipient", AskRecipientAsync);
        routes.MapPost("/check/mails/{name}/deletion", Delete);
    }

    public void Dispose() => held.Dispose();

    private async Task<IResult> CheckAsync(HttpContext http)
    {
        if (judging.MayAsk(http) is AllowanceResult.UsedUp wait)
            return PageFaults.TooMany(http, wait.RetryAfter);
        return await MailForm.ReadAsync(http, limits.MailCheckSizeBytesMax) switch
        {
            MailFormReading.Read read => await JudgeAsync(http, read),
            MailFormReading.TooLarge => PageFaults.MailTooLarge(http, limits.MailCheckMegabytesMax),
            MailFormReading.Malformed => start.Page(http, new(MailTroubles.CutOff, MailTroubles.FileId), null),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private async Task<IResult> JudgeAsync(HttpContext http, MailFormReading.Read read)
    {
        if (SavedMail.Of(read.Mail) is var saved and not SavedMail.Original)
            return start.Page(http, new(SavedMailWording.WayOut(saved), MailTroubles.FileId), read);
        if (read.Recipient.Length > 0 && !Shonin.Web.MailAddress.IsOne(read.Recipient))
            return start.Page(http, new(MailTroubles.NoAddress, MailTroubles.RecipientId), read);
        // Room is taken once the mail is there, so that nobody holds it by sending slowly.
        using var room = held.TryReserve(PageGate.AddressOf(http), read.Mail.Length);
        switch (await judging.JudgeAsync(http, read.Mail, read.Recipient.Length == 0 ? null : read.Recipient))
        {
            case null:
                return PageFaults.Busy(http);
            case MailCheck.Checked judged when room is null:
                return await PageAsync(http, null, judged.Result, [], StatusCodes.Status200OK);
            case MailCheck.Checked judged:
                return See.Other(PageFaults.ContextOf(http, "/check").To($"/check/mails/{held.Hold(room, read.Mail, judged.Result)}"));
            case MailCheck.Refused refused:
                return start.Page(http, new(MailTroubles.BeyondLimit(refused.Why), MailTroubles.FileId), read);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private async Task<IResult> ShowAsync(HttpContext http, string name) =>
        held.Find(name) is { } mail
            ? await PageAsync(http, PageOf(name, mail), mail.Result, [], StatusCodes.Status200OK)
            : PageFaults.MailGone(http);

    /// <summary>Asks again with the address that received it: only then is our own mail proved to be the asker's.</summary>
    private async Task<IResult> AskRecipientAsync(HttpContext http, string name)
    {
        if (held.Find(name) is not { } mail)
            return PageFaults.MailGone(http);
        if (judging.MayAsk(http) is AllowanceResult.UsedUp wait)
            return PageFaults.TooMany(http, wait.RetryAfter);
        if (await OrderAccess.ReadBodyAsync(http) is not { } body)
            return PageFaults.TooLarge(http);
        var recipient = Typed(OrderAccess.Fields(body), MailForm.RecipientField);
        if (!MailAddress.IsOne(recipient))
        {
            return await PageAsync(
                http,
                PageOf(name, mail),
                mail.Result,
                [new(MailTroubles.NoAddress, MailTroubles.RecipientId)],
                StatusCodes.Status422UnprocessableEntity
            );
        }

        var checkedAgain = await judging.JudgeAsync(http, mail.Raw, recipient);
        if (checkedAgain is null)
            return PageFaults.Busy(http);
        if (checkedAgain is MailCheck.Checked judged)
            held.Change(name, before => before with { Result = judged.Result });
        return See.Other(PageFaults.ContextOf(http, "/check").To($"/check/mails/{name}"));
    }

    private IResult Delete(HttpContext http, string name)
    {
        held.LetGo(name);
        return PageFaults.MailDeleted(http);
    }

    private static HeldPage PageOf(string name, HeldMail mail) => new($"/check/mails/{name}", mail.EndsAt, mail.ReportNumber);

    /// <param name="page">Where the mail is held; null where there was no room, and the verdict is all that is left of it.</param>
    private async Task<IResult> PageAsync(
        HttpContext http,
        HeldPage? page,
        MailCheckResult result,
        ImmutableArray<PageTrouble> troubles,
        int statusCode
    )
    {
        var context = PageFaults.ContextOf(http, page?.Path ?? "/check");
        var screen = VerdictScreen.Of(result, await OrderOfAsync(result, http.RequestAborted), context, clock.GetUtcNow());
        return new PageResult<VerdictPage, VerdictModel>(new(context, screen, page, troubles), statusCode);
    }

    /// <summary>Looked up only where the mail is proved word for word; whoever brings it has its order's link already.</summary>
    private async ValueTask<Order?> OrderOfAsync(MailCheckResult result, CancellationToken cancellation) =>
        Diagnosis.IsProved(result.Verdict.Word, result.Ledger) && result.Ledger is LedgerFinding.Known known
            ? (await orders.FindByNumberAsync(known.Notice.OrderNumber, cancellation))?.Order
            : null;

    internal static string Typed(IReadOnlyDictionary<string, string> fields, string name) =>
        Cut(
            FoldedText.Normal(fields.GetValueOrDefault(name, ""), System.Text.NormalizationForm.FormKC).Trim(),
            ReporterWords.ContactLengthMax + 1
        );

    internal static string Cut(string text, int lengthMax) => text.Length <= lengthMax ? text : text[..lengthMax];
}

/// <summary>What to say to somebody whose mail could not be read, each with the way out.</summary>
internal static class MailTroubles
{
    /// <summary>The field's id on the page.</summary>
    public const string FileId = "mail-file";
    public const string RecipientId = "recipient";

    public static Words CutOff { get; } =
        new(
            "メールが途中までしか届きませんでした。もう一度選んで、お試しください。",
            "Only a part of the mail arrived. Please choose it again."
        );

    public static Words NoAddress { get; } =
        new(
            "メールアドレスの形が違います。taro@example.jp のように入れてください。",
            "That isn't a mail address. Enter it like taro@example.jp."
        );

    public static Words NoRoom { get; } =
        new(
            "いまは報告を受け取れません。メールはまだ消さずに、下の番号にお電話ください。",
            "We can't take a report right now. Keep the mail, and please call the number below."
        );

    public static Words BeyondLimit(string why) =>
        new(
            $"このメールは大きすぎるか、形が複雑すぎて調べられません({why})。",
            $"This mail is too large or too intricate to check ({why})"
        );
}
