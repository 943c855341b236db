using System.Collections.Immutable;
using Shonin.Cards;
using Shonin.Domain.Accounts;
using Shonin.Domain.Notices;
using Shonin.Merchant.Accounts;
using Shonin.Orders;
using Shonin.Web;

namespace Shonin.Accounts;

/// <summary>An address that whoever sends the form has proved lately.</summary>
/// <param name="Proof">The id of the code that was typed: it allows one change.</param>
internal sealed record ProvedByCode(string Address, string Proof, string Sealed);

/// <summary>
/// An address in, a code by mail, the code in, and out comes a proof. Until the code is typed every address meets the same pages: whether
/// there is an account is told to whoever reads the address's mails, and to nobody else. No link in a mail proves anything.
/// </summary>
internal sealed class CodeExchange(MailedCodes codes, ScreenKeys keys, ScreenLimits limits, TimeProvider clock)
{
    private const int AddressCountMax = 100_000;

    /// <summary>For choosing a password after the code was typed.</summary>
    private static readonly TimeSpan proofLifetime = TimeSpan.FromMinutes(20);

    private readonly Allowance sent = new(limits.CodesPerAddressPerHour, TimeSpan.FromHours(1), AddressCountMax, clock);
    private readonly Allowance sentToOne = new(limits.CodesPerAddressToOnePerHour, TimeSpan.FromHours(1), AddressCountMax, clock);
    private readonly Allowance typed = new(limits.CodeTriesPerAddressPerHour, TimeSpan.FromHours(1), AddressCountMax, clock);

    /// <summary>What the forms between the steps carry, encrypted: nothing that can be read, made up or used for another purpose.</summary>
    private sealed record Ticket(string Address, string Code, string Subject, TicketKind Kind, DateTimeOffset Until);

    private enum TicketKind
    {
        Asked,
        Proved,
    }

    /// <summary>Mails a code, if the address may have one now, and shows the page that asks for it.</summary>
    /// <param name="subject">What it is about beside the address, or empty.</param>
    public async ValueTask<IResult> SendAsync(
        HttpContext http,
        PageContext context,
        CodePurpose purpose,
        string subject,
        MailAddress address
    )
    {
        if (sent.Take(PageGate.AddressOf(http)) is AllowanceResult.UsedUp wait)
            return PageFaults.TooMany(http, wait.RetryAfter);
        if (sentToOne.Take($"{PageGate.AddressOf(http)} {address.Text.ToLowerInvariant()}") is AllowanceResult.UsedUp enough)
            return PageFaults.TooMany(http, enough.RetryAfter);
        var code = await codes.SendAsync(address.Text, purpose, subject, context.Locale);
        var ticket = Seal(purpose, new(address.Text, code, subject, TicketKind.Asked, clock.GetUtcNow() + codes.Limits.Lifetime));
        return Page(context, purpose, address.Text, ticket, [], StatusCodes.Status200OK);
    }

    /// <summary>What was typed into the page: the proof, or the page that says what is wrong.</summary>
    public async ValueTask<(ProvedByCode? Proved, IResult? Page)> TypeAsync(
        HttpContext http,
        PageContext context,
        CodePurpose purpose,
        string subject,
        IReadOnlyDictionary<string, string> fields
    )
    {
        if (this.typed.Take(PageGate.AddressOf(http)) is AllowanceResult.UsedUp wait)
            return (null, PageFaults.TooMany(http, wait.RetryAfter));
        var asked = fields.GetValueOrDefault(CodeModel.TicketName, "");
        if (Open(purpose, asked, subject, TicketKind.Asked) is not { } ticket)
            return (null, Ended(context, purpose));
        var digits = new string([.. CardProof.DigitsOf(fields.GetValueOrDefault(CodeModel.CodeName, "")).Where(char.IsAsciiDigit)]);
        switch (await codes.TryAsync(ticket.Address, ticket.Code, purpose, subject, digits))
        {
            case CodeReply.Right:
                var proved = ticket with { Kind = TicketKind.Proved, Until = clock.GetUtcNow() + proofLifetime };
                return (new(ticket.Address, ticket.Code, Seal(purpose, proved)), null);
            case CodeReply.Wrong:
                return (null, Page(context, purpose, ticket.Address, asked, [WrongCode], StatusCodes.Status422UnprocessableEntity));
            case CodeReply.Void:
                return (null, Page(context, purpose, ticket.Address, asked, [VoidCode], StatusCodes.Status422UnprocessableEntity));
            case CodeReply.Done or CodeReply.TooManySent:
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>The proof that a later form brings back, or null where it is none of ours, is too old, or is for something else.</summary>
    public ProvedByCode? ProvedIn(IReadOnlyDictionary<string, string> fields, CodePurpose purpose, string subject)
    {
        var brought = fields.GetValueOrDefault(CodeModel.TicketName, "");
        return Open(purpose, brought, subject, TicketKind.Proved) is { } ticket ? new(ticket.Address, ticket.Code, brought) : null;
    }

    /// <summary>The page that asks for an address again: the form between was open for too long.</summary>
    public static IResult Ended(PageContext context, CodePurpose purpose) =>
        AddressForm.Page(context, purpose, "", [new(tooOld, AddressForm.FieldId)], StatusCodes.Status422UnprocessableEntity);

    private static PageTrouble WrongCode { get; } =
        new(
            new(
                "コードが違います。メールに書かれた8桁の数字を、もう一度入れてください。",
                "That isn't the code. Please type the 8 digits from the mail again."
            ),
            CodeModel.CodeId
        );

    private static PageTrouble VoidCode { get; } =
        new(
            new(
                "このコードはもう使えません。期限が過ぎたか、何度も違う数字が入れられました。下の「新しいコードを送る」を押してください。",
                "This code no longer works: it's too old, or wrong digits were typed too often. Press “Send a new code” below."
            ),
            CodeModel.CodeId
        );

    private static readonly Words tooOld = new(
        "ページを開いてから時間がたちすぎました。もう一度、メールアドレスから始めてください。",
        "This page was open for too long. Please start again with your mail address."
    );

    private static PageResult<CodePage, CodeModel> Page(
        PageContext context,
        CodePurpose purpose,
        string address,
        string ticket,
        ImmutableArray<PageTrouble> troubles,
        int statusCode
    ) => new(new(context, purpose, address, ticket, troubles), statusCode);

    private string Seal(CodePurpose purpose, Ticket ticket) => TicketsOf(purpose).Seal(ticket);

    private Ticket? Open(CodePurpose purpose, string brought, string subject, TicketKind kind) =>
        TicketsOf(purpose).Open(brought) is { } ticket
        && (ticket.Subject, ticket.Kind) == (subject, kind)
        && ticket.Until > clock.GetUtcNow()
            ? ticket
            : null;

    private SealedTicket<Ticket> TicketsOf(CodePurpose purpose) => new(keys, $"ticket {purpose}");
}

/// <summary>The form that asks for an address, for each purpose.</summary>
internal static class AddressForm
{
    public const string FieldId = "address";
    public const string FieldName = "address";

    public static IResult Page(
        PageContext context,
        CodePurpose purpose,
        string typed,
        ImmutableArray<PageTrouble> troubles,
        int statusCode = StatusCodes.Status200OK
    ) => new PageResult<AddressPage, AddressModel>(new(context, purpose, typed, troubles), statusCode);

    /// <summary>The address that was typed, or the page again that says what is wrong with it.</summary>
    public static (MailAddress? Address, IResult? Page) Read(
        PageContext context,
        CodePurpose purpose,
        IReadOnlyDictionary<string, string> fields
    )
    {
        var typed = fields.GetValueOrDefault(FieldName, "").Trim();
        return MailAddress.Read(typed) is { } address
            ? (address, null)
            : (null, Page(context, purpose, typed, [NoAddress], StatusCodes.Status422UnprocessableEntity));
    }

    public static PageTrouble NoAddress { get; } =
        new(
            new(
                "メールアドレスを確かめてください。name@example.jp のような形です。",
                "Please check the mail address. It looks like name@example.jp."
            ),
            FieldId
        );

    /// <summary>Where each purpose's forms stand.</summary>
    public static string PathOf(CodePurpose purpose) =>
        purpose switch
        {
            CodePurpose.SignUp => "/account/sign-up",
            CodePurpose.Recover => "/account/recover",
            CodePurpose.ProveAddress => "/account/addresses",
            CodePurpose.Erase => "/account/privacy/erasure",
        };

    /// <summary>The body's fields, or the page that says that it is too large.</summary>
    public static async ValueTask<(IReadOnlyDictionary<string, string>? Fields, IResult? Page)> FieldsAsync(HttpContext http) =>
        await OrderAccess.ReadBodyAsync(http, BodySizeMaxBytes) is { } body
            ? (OrderAccess.Fields(body), null)
            : (null, PageFaults.TooLarge(http));

    /// <summary>A passkey's answer has some 2 KB; nothing else in these forms is as long.</summary>
    private const int BodySizeMaxBytes = 16 * 1024;
}
