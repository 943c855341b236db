using System.Collections.Immutable;
using Shonin.Domain.Accounts;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Merchant.Accounts;
using Shonin.Merchant.Orders;
using Shonin.Notices;
using Shonin.Web;

namespace Shonin.Accounts;

/// <summary>
/// What a customer finds on every device: the orders of all addresses that they proved, and what was written to them about these. An order
/// is opened by its own link, which these pages look up: whoever proved the order's address was mailed that link anyway.
/// </summary>
internal sealed class AccountPages(AccountOrders found, AccountDoor door, SignInPages signIn, FormSeal seal)
{
    private const int OrderCountMax = 50;
    private const int NoticeCountMax = 30;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/account", (Delegate)ShowAsync);
        routes.MapGet("/account/orders/{order}", (HttpContext http, string order) => OpenAsync(http, order, ""));
        routes.MapGet("/account/orders/{order}/messages/{notice}", (HttpContext http, string order, string notice) =>
            OpenAsync(http, order, $"/messages/{Uri.EscapeDataString(notice)}")
        );
    }

    private async Task<IResult> ShowAsync(HttpContext http)
    {
        if (await door.WhoIsAsync(http) is not { } who)
            return signIn.Closed(http, AfterSignIn.Account);
        var context = PageFaults.ContextOf(http, "/account");
        var (records, isWhole) = await OrdersOfAsync(who.Account, http.RequestAborted);
        var notices = new List<HistoryNotice>();
        foreach (var record in records)
        {
            notices.AddRange(
                (await found.Book.ReadNoticesAsync(record, http.RequestAborted)).Select(notice => new HistoryNotice(
                    record.Order.Id,
                    record.Order.Number,
                    MessagePages.NameInAddress(notice.Record.Notice.NumberToQuote()),
                    notice.Subject,
                    notice.Record.QueuedAt
                ))
            );
        }
        return new PageResult<AccountPage, AccountModel>(
            new(
                context,
                [.. who.Account.Details.Addresses.Select(address => address.Address)],
                [.. records.Select(record => Shown(record.Order))],
                [.. notices.OrderByDescending(notice => notice.QueuedAt).Take(NoticeCountMax)],
                isWhole ? HistoryCompleteness.Whole : HistoryCompleteness.BeingBuilt,
                await found.Points.OfAsync(who.Account.Account.Addresses.Select(address => address.Digest)),
                found.Points.Policy,
                seal.New(who.Session.Session)
            ),
            StatusCodes.Status200OK
        );
    }

    /// <summary>Leads to the order by its link. Another's order and one that does not exist are the same to whoever asks.</summary>
    private async Task<IResult> OpenAsync(HttpContext http, string order, string below)
    {
        if (await door.WhoIsAsync(http) is not { } who)
            return signIn.Closed(http, AfterSignIn.Account);
        var (records, _) = await OrdersOfAsync(who.Account, http.RequestAborted);
        return records.FirstOrDefault(record => record.Order.Id.Value == order) is { } opened
            ? See.Other(PageFaults.ContextOf(http, "/account").To($"/o/{opened.AccessKey}{below}"))
            : PageFaults.NotFound(http);
    }

    /// <summary>The newest first. An order whose person was erased is nobody's any more.</summary>
    private async ValueTask<(ImmutableArray<OrderRecord> Records, bool IsWhole)> OrdersOfAsync(
        OpenAccount account,
        CancellationToken cancellation
    )
    {
        var isWhole = true;
        var named = new List<OrderId>();
        foreach (var address in account.Account.Addresses)
        {
            var ofAddress = await found.Index.OfCustomerAsync(address.Digest, OrderCountMax, cancellation);
            named.AddRange(ofAddress.Orders);
            isWhole &= ofAddress.IsWhole;
        }
        var records = ImmutableArray.CreateBuilder<OrderRecord>();
        foreach (var order in named.OrderByDescending(order => order.Value, StringComparer.Ordinal).Take(OrderCountMax))
        {
            if (await found.Book.FindAsync(order, cancellation) is { AccessKey: not null } record)
                records.Add(record);
        }
        return (records.ToImmutable(), isWhole);
    }

    private static HistoryOrder Shown(Order order) =>
        new(
            order.Id,
            order.Number,
            order.PlacedAt,
            new(order.Total.Text(Domain.Locale.Ja), order.Total.Text(Domain.Locale.En)),
            OrderWording.StateName(order)
        );
}

/// <summary>More addresses of one account: proved by a mailed code each, removed one by one.</summary>
internal sealed class AddressPages(AccountBook book, CodeExchange codes, AccountDoor door, SignInPages signIn, FormSeal seal)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/account/addresses", (Delegate)ShowAsync);
        routes.MapPost("/account/addresses", (Delegate)SendAsync);
        routes.MapPost("/account/addresses/code", (Delegate)TypeAsync);
        routes.MapPost("/account/addresses/removal", (Delegate)RemoveAsync);
    }

    private async Task<IResult> ShowAsync(HttpContext http)
    {
        var (_, closed) = await FreshAsync(http);
        return closed ?? AddressForm.Page(ContextOf(http), CodePurpose.ProveAddress, "", []);
    }

    private async Task<IResult> SendAsync(HttpContext http)
    {
        var (who, closed) = await FreshAsync(http);
        if (who is null)
            return closed!;
        var (fields, tooLarge) = await AddressForm.FieldsAsync(http);
        if (fields is null)
            return tooLarge!;
        var (address, wrong) = AddressForm.Read(ContextOf(http), CodePurpose.ProveAddress, fields);
        return address is null
            ? wrong!
            : await codes.SendAsync(http, ContextOf(http), CodePurpose.ProveAddress, who.Account.Id.Value, address);
    }

    private async Task<IResult> TypeAsync(HttpContext http)
    {
        var (who, closed) = await FreshAsync(http);
        if (who is null)
            return closed!;
        var (fields, tooLarge) = await AddressForm.FieldsAsync(http);
        if (fields is null)
            return tooLarge!;
        var (proved, page) = await codes.TypeAsync(http, ContextOf(http), CodePurpose.ProveAddress, who.Account.Id.Value, fields);
        if (proved is null)
            return page!;
        return await book.AddAddressAsync(who.Account, proved.Address, proved.Proof, http.RequestAborted) switch
        {
            AccountResult.Done or AccountResult.Refused(AccountRefusal.AddressKnown) => See.Other(ContextOf(http).To("/account")),
            AccountResult.Taken(AccountKeyKind.Address) => Refused(http, proved.Address, anothers),
            AccountResult.Refused(AccountRefusal.TooManyAddresses) => Refused(http, proved.Address, tooMany),
            AccountResult.Refused or AccountResult.Taken => Refused(http, proved.Address, again),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private async Task<IResult> RemoveAsync(HttpContext http)
    {
        var (who, closed) = await FreshAsync(http);
        if (who is null)
            return closed!;
        var (fields, tooLarge) = await AddressForm.FieldsAsync(http);
        if (fields is null)
            return tooLarge!;
        if (seal.Open(who.Session.Session, fields.GetValueOrDefault(FormSeal.FieldName)) is null)
            return signIn.NotFresh(http, AfterSignIn.Security);
        var gone = book.DigestOf(fields.GetValueOrDefault(AddressForm.FieldName, ""));
        var left = who.Account.Details.Addresses.RemoveAll(address => address.Digest == gone);
        if (left.Length < who.Account.Details.Addresses.Length && !left.IsEmpty)
        {
            await book.ChangeAsync(
                who.Account,
                who.Account.Details with
                {
                    Addresses = left,
                },
                new() { KeptSession = who.Session.Session },
                http.RequestAborted
            );
        }
        return See.Other(ContextOf(http).To("/account/security"));
    }

    private async ValueTask<(SignedIn? Who, IResult? Closed)> FreshAsync(HttpContext http) =>
        await door.WhoIsAsync(http) is not { } who ? (null, signIn.Closed(http, AfterSignIn.Addresses))
        : door.IsFresh(who) ? (who, null)
        : (null, signIn.NotFresh(http, AfterSignIn.Addresses));

    private static IResult Refused(HttpContext http, string address, Words why) =>
        AddressForm.Page(
            ContextOf(http),
            CodePurpose.ProveAddress,
            address,
            [new(why, AddressForm.FieldId)],
            StatusCodes.Status422UnprocessableEntity
        );

    private static readonly Words anothers = new(
        "このアドレスは、お客様の別のアカウントに登録されています。そちらにログインして外すと、ここに加えられます。",
        "Another account of yours has this address. Sign in there and remove it, then add it here."
    );

    private static readonly Words tooMany = new(
        $"アドレスは{Account.AddressCountMax}件までです。使わないものを外してください。",
        $"You can have {Account.AddressCountMax} addresses. Remove one that you don't use."
    );

    private static readonly Words again = new(
        "同じときにほかの変更があり、加えませんでした。もう一度お試しください。",
        "Something else changed at the same moment, so we didn't add it. Please try again."
    );

    private static PageContext ContextOf(HttpContext http) => PageFaults.ContextOf(http, "/account/addresses");
}
