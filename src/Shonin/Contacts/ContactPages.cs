using System.Collections.Immutable;
using System.Text;
using Shonin.Domain;
using Shonin.Domain.Contacts;
using Shonin.Domain.Notices;
using Shonin.Help;
using Shonin.MailChecks;
using Shonin.Merchant.Contacts;
using Shonin.Orders;
using Shonin.Web;

namespace Shonin.Contacts;

/// <summary>What stands before whatever customers write: how much of it, and what is judged of it.</summary>
internal sealed record ContactGate(ContactLimiter Limiter, BroughtChecks Checks);

/// <summary>
/// The customer's side of a contact as pages and forms: with the script a conversation, without it the same by loading the page again.
/// </summary>
internal sealed class ContactPages(
    ContactAccess access,
    ContactBook contacts,
    ContactLines lines,
    ContactRooms rooms,
    ContactGate gate,
    ContactOffer offer,
    ScreenKeys keys
)
{
    private const int NameLengthMax = 100;
    private const int BodySizeBytesMax = 64 * 1024;
    private const string AskSeal = "ask";

    /// <summary>A mail's original may be pasted where a message is written.</summary>
    private const int WithMailSizeBytesMax = 512 * 1024;

    private readonly FormSeal seal = new(keys, access.Clock);
    private readonly ContactLimiter limiter = gate.Limiter;
    private readonly BroughtChecks checks = gate.Checks;

    /// <summary>What a form brought, or the page that says why nothing was done.</summary>
    private sealed record Form(OpenedContact Opened, string Request, IReadOnlyDictionary<string, string> Fields);

    public void Map(IEndpointRouteBuilder routes)
    {
        MapAt(routes, ContactLink.Order, ContactAccess.PathOf(ContactLink.Order, "{accessKey}"));
        MapAt(routes, ContactLink.Own, ContactAccess.PathOf(ContactLink.Own, "{accessKey}"));
        routes.MapGet("/help/ask", (Delegate)ShowAsk);
        routes.MapPost("/help/ask", (Delegate)AskAsync);
    }

    private void MapAt(IEndpointRouteBuilder routes, ContactLink link, string path)
    {
        routes.MapGet(path, (HttpContext http, string accessKey) => ShowAsync(http, link, accessKey));
        routes.MapPost(path, (HttpContext http, string accessKey) => SayAsync(http, link, accessKey));
        routes.MapGet($"{path}/mail", (HttpContext http, string accessKey) => ShowMailAsync(http, link, accessKey));
        routes.MapPost($"{path}/mail", (HttpContext http, string accessKey) => BringMailAsync(http, link, accessKey)).TakesLongUploads();
        routes.MapPost($"{path}/end", (HttpContext http, string accessKey) =>
            DoAsync(http, link, accessKey, _ => new ContactCommand.Close(Speaker.Customer.Instance))
        );
        routes.MapPost($"{path}/transcript", (HttpContext http, string accessKey) =>
            DoAsync(http, link, accessKey, form => new ContactCommand.AskTranscript(
                Speaker.Customer.Instance,
                $"transcript-{form.Request}"
            ))
        );
        routes.MapPost($"{path}/rating", (HttpContext http, string accessKey) =>
            DoAsync(http, link, accessKey, form => new ContactCommand.Rate(
                int.TryParse(form.Fields.GetValueOrDefault("stars"), out var stars) ? stars : 0
            ))
        );
    }

    private async Task<IResult> ShowAsync(HttpContext http, ContactLink link, string accessKey) =>
        await OpenAsync(http, link, accessKey) is { } opened
            ? await PageAsync(http, accessKey, opened, null, [], StatusCodes.Status200OK)
            : PageFaults.NotFound(http);

    private async Task<IResult> SayAsync(HttpContext http, ContactLink link, string accessKey)
    {
        var (form, fault) = await ReadAsync(http, link, accessKey);
        if (form is null)
            return fault!;
        var typed = form.Fields.GetValueOrDefault("text", "");
        if (form.Opened.Record is { State.IsOpen: true } && PastedMail.IsOne(typed))
            return await JudgePastedAsync(http, accessKey, form, typed);
        if (TypedText.Read(typed) is not { } text)
            return await RefuseAsync(http, accessKey, form, ContactLimiter.TooLong, typed);
        if (!limiter.MaySay(form.Opened.Id))
            return await RefuseAsync(http, accessKey, form, ContactLimiter.TooMany, text);
        var message = await checks.JudgeNoticesAsync(
            form.Opened.Id,
            Speaker.Customer.Instance,
            new(form.Request, MessageKind.Text, text),
            PageGate.AddressOf(http),
            http.RequestAborted
        );
        var result = form.Opened switch
        {
            { Record.State.IsOpen: true } open => await contacts.SayAsync(open.Id, Speaker.Customer.Instance, message),
            { Order: { } order } => await contacts.AskAsync(
                order,
                form.Opened.Context.Locale,
                offer.OpeningNow(QuestionOf(form.Fields)),
                message
            ),
            { Record: { } closed } => await contacts.AskAgainAsync(closed, form.Opened.Context.Locale, offer.OpeningNow(null), message),
            _ => throw new InvariantBrokenException("a contact without an order has been asked something"),
        };
        return await AnswerAsync(http, accessKey, form, result, text);
    }

    private async Task<IResult> DoAsync(HttpContext http, ContactLink link, string accessKey, Func<Form, ContactCommand> commandOf)
    {
        var (form, fault) = await ReadAsync(http, link, accessKey);
        if (form is null)
            return fault!;
        return limiter.MaySay(form.Opened.Id)
            ? await AnswerAsync(http, accessKey, form, await contacts.SubmitAsync(form.Opened.Id, commandOf(form)), null)
            : await RefuseAsync(http, accessKey, form, ContactLimiter.TooMany, null);
    }

    private async Task<IResult> ShowMailAsync(HttpContext http, ContactLink link, string accessKey) =>
        await OpenAsync(http, link, accessKey) switch
        {
            null => PageFaults.NotFound(http),
            { Record.State.IsOpen: true } opened => MailPage(opened, null, [], StatusCodes.Status200OK),
            var opened => See.Other(opened.Context.To(opened.Path)),
        };

    /// <summary>A mail in a file or pasted: judged, and its verdict said in the conversation. Nothing of it is kept.</summary>
    private async Task<IResult> BringMailAsync(HttpContext http, ContactLink link, string accessKey)
    {
        if (await OpenAsync(http, link, accessKey) is not { } opened)
            return PageFaults.NotFound(http);
        if (checks.MayBringMail(http) is AllowanceResult.UsedUp wait)
            return PageFaults.TooMany(http, wait.RetryAfter);
        switch (await MailForm.ReadAsync(http, checks.MailSizeBytesMax))
        {
            case MailFormReading.Read read when seal.Open(opened.Id.Value, read.Seal) is { } request:
                return await JudgeAsync(http, accessKey, new(opened, request, new Dictionary<string, string>()), read.Mail, why =>
                    MailPage(opened, read.Pasted, [why], StatusCodes.Status422UnprocessableEntity)
                );
            case MailFormReading.Read read:
                return MailPage(opened, read.Pasted, [PageTroubles.TooLongOpen], StatusCodes.Status422UnprocessableEntity);
            case MailFormReading.TooLarge:
                return PageFaults.MailTooLarge(http, checks.MailSizeBytesMax / (1024 * 1024));
            case MailFormReading.Malformed:
                return MailPage(opened, null, [new(MailTroubles.CutOff, MailTroubles.FileId)], StatusCodes.Status422UnprocessableEntity);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>The same for a mail's original that was pasted where a message is written.</summary>
    private async Task<IResult> JudgePastedAsync(HttpContext http, string accessKey, Form form, string typed) =>
        checks.MayBringMail(http) is AllowanceResult.UsedUp wait
            ? PageFaults.TooMany(http, wait.RetryAfter)
            : await JudgeAsync(http, accessKey, form, Encoding.UTF8.GetBytes(typed), why =>
                MailPage(form.Opened, typed, [why], StatusCodes.Status422UnprocessableEntity)
            );

    private async Task<IResult> JudgeAsync(
        HttpContext http,
        string accessKey,
        Form form,
        ReadOnlyMemory<byte> mail,
        Func<PageTrouble, IResult> refuse
    ) =>
        await checks.JudgeMailAsync(http, form.Opened, mail) switch
        {
            MailInContact.Judged(var finding) => await AnswerAsync(
                http,
                accessKey,
                form,
                await contacts.SubmitAsync(form.Opened.Id, new ContactCommand.BringMail(Speaker.Customer.Instance, form.Request, finding)),
                null
            ),
            MailInContact.NotRead(var why) => refuse(new(why, MailTroubles.FileId)),
            MailInContact.Busy => PageFaults.Busy(http),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private PageResult<ChatMailPage, ChatMailModel> MailPage(
        OpenedContact opened,
        string? pasted,
        ImmutableArray<PageTrouble> troubles,
        int statusCode
    ) =>
        new(
            new(
                opened.Context with
                {
                    Path = $"{opened.Path}/mail",
                },
                opened.Path,
                new(null, checks.MailSizeBytesMax),
                seal.New(opened.Id.Value),
                pasted,
                troubles
            ),
            statusCode
        );

    private PageResult<AskPage, AskModel> ShowAsk(HttpContext http) =>
        AskPage(PageFaults.ContextOf(http, "/help/ask"), "", "", "", [], StatusCodes.Status200OK);

    private async Task<IResult> AskAsync(HttpContext http)
    {
        if (await OrderAccess.ReadBodyAsync(http, BodySizeBytesMax) is not { } body)
            return PageFaults.TooLarge(http);
        var fields = OrderAccess.Fields(body);
        var context = PageFaults.ContextOf(http, "/help/ask");
        var (name, email, text) = (Field(fields, "name"), Field(fields, "email"), Field(fields, "text"));
        if (seal.Open(AskSeal, fields.GetValueOrDefault(FormSeal.FieldName)) is not { } request)
            return Refuse(PageTroubles.TooLongOpen);
        if (TypedText.Read(text) is not { } read)
            return Refuse(new(ContactLimiter.TooLong, "text"));
        if (name.Length > NameLengthMax)
            return Refuse(new(new("お名前が長すぎます。", "That name is too long."), "name"));
        if (email.Length > 0 && MailAddress.Read(email) is null)
        {
            return Refuse(
                new(
                    new(
                        "メールアドレスの形になっていません。空のままでもかまいません。",
                        "That isn't a mail address. You can leave it empty."
                    ),
                    "email"
                )
            );
        }
        if (limiter.AskWithoutOrder(http) is AllowanceResult.UsedUp used)
            return PageFaults.TooMany(http, used.RetryAfter);
        // Whoever has no order at hand names one beside the number; the contact is not there yet.
        var message = await checks.JudgeNoticesAsync(
            null,
            Speaker.Customer.Instance,
            new(request, MessageKind.Text, read),
            PageGate.AddressOf(http),
            http.RequestAborted
        );
        var (result, accessKey) = await contacts.AskAsync(
            context.Locale,
            offer.OpeningNow(null),
            name,
            email.Length > 0 ? email : null,
            message
        );
        return result switch
        {
            ContactResult.Done => See.Other(context.To(ContactAccess.PathOf(ContactLink.Own, accessKey))),
            ContactResult.Refused(var why) => Refuse(new(ContactWording.WhyNot(why), "text")),
            ContactResult.NotNow => PageFaults.Unavailable(http, TimeSpan.FromMinutes(1)),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

        PageResult<AskPage, AskModel> Refuse(PageTrouble trouble) =>
            AskPage(context, name, email, text, [trouble], StatusCodes.Status422UnprocessableEntity);
    }

    private PageResult<AskPage, AskModel> AskPage(
        PageContext context,
        string name,
        string email,
        string text,
        ImmutableArray<PageTrouble> troubles,
        int statusCode
    ) => new(new(context, seal.New(AskSeal), name, email, text, offer.IsAnsweredNow, troubles), statusCode);

    private ValueTask<OpenedContact?> OpenAsync(HttpContext http, ContactLink link, string accessKey) =>
        access.OpenAsync(link, accessKey, PageFaults.Asked(http.Request), http.RequestAborted);

    private async ValueTask<(Form? Form, IResult? Fault)> ReadAsync(HttpContext http, ContactLink link, string accessKey)
    {
        if (await OpenAsync(http, link, accessKey) is not { } opened)
            return (null, PageFaults.NotFound(http));
        var sizeMax = http.Request.ContentLength > BodySizeBytesMax ? WithMailSizeBytesMax : BodySizeBytesMax;
        if (await OrderAccess.ReadBodyAsync(http, sizeMax) is not { } body)
            return (null, PageFaults.TooLarge(http));
        var fields = OrderAccess.Fields(body);
        return seal.Open(opened.Id.Value, fields.GetValueOrDefault(FormSeal.FieldName)) is { } request
            ? (new(opened, request, fields), null)
            : (
                null,
                await PageAsync(
                    http,
                    accessKey,
                    opened,
                    fields.GetValueOrDefault("text"),
                    [PageTroubles.TooLongOpen],
                    StatusCodes.Status422UnprocessableEntity
                )
            );
    }

    private async Task<IResult> AnswerAsync(HttpContext http, string accessKey, Form form, ContactResult result, string? typed) =>
        result switch
        {
            ContactResult.Done => See.Other(form.Opened.Context.To(form.Opened.Path)),
            ContactResult.Refused(var why) => await RefuseAsync(http, accessKey, form, ContactWording.WhyNot(why), typed),
            ContactResult.NotNow => PageFaults.Unavailable(http, TimeSpan.FromMinutes(1)),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private async Task<IResult> RefuseAsync(HttpContext http, string accessKey, Form form, Words why, string? typed) =>
        await PageAsync(
            http,
            accessKey,
            form.Opened,
            typed,
            [new(why, typed is null ? null : "text")],
            StatusCodes.Status422UnprocessableEntity
        );

    private async Task<IResult> PageAsync(
        HttpContext http,
        string accessKey,
        OpenedContact opened,
        string? typed,
        ImmutableArray<PageTrouble> troubles,
        int statusCode
    )
    {
        // It may have gone on since the form was read.
        var record = opened.Record is null ? null : await contacts.FindAsync(opened.Id);
        var locale = opened.Context.Locale;
        return new PageResult<ChatPage, ChatModel>(
            new(
                opened.Context,
                accessKey,
                opened.Link,
                opened.Order,
                record?.State,
                record is null
                    ? null
                    : await lines.ForCustomerAsync(opened.Id, record.State, rooms.PlaceOf(opened.Id), locale, http.RequestAborted),
                record is null ? [] : [.. await lines.OfAsync(record, 0, ContactReader.Customer, locale, http.RequestAborted)],
                record?.Version ?? 0,
                seal.New(opened.Id.Value),
                typed,
                troubles
            )
            {
                Question = QuestionOf(http.Request.Query["about"].ToString()),
                IsStaffed = offer.IsAnsweredNow,
                MayMailTranscript = record?.State.Reach == ContactReach.PageAndMail,
            },
            statusCode
        );
    }

    private static string? QuestionOf(IReadOnlyDictionary<string, string> fields) => QuestionOf(fields.GetValueOrDefault("question", ""));

    /// <summary>Null for what is no question of the guided help.</summary>
    private static string? QuestionOf(string address) => OrderHelpPages.QuestionAt(address) is null ? null : address;

    private static string Field(IReadOnlyDictionary<string, string> fields, string name) => fields.GetValueOrDefault(name, "").Trim();
}
