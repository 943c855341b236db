using System.Collections.Immutable;
using Shonin.Desk;
using Shonin.Domain.Notices;
using Shonin.Domain.Privacy;
using Shonin.Merchant.Privacy;
using Shonin.Operations;
using Shonin.Orders;
using Shonin.Web;

namespace Shonin.Privacy;

/// <summary>
/// Somebody asks by phone or by letter what is kept of them, or to be erased. The address comes in a form's body and is part of no page's
/// address; the trail names it by its keyed digest. Nothing is handed out or erased that the trail does not hold.
/// </summary>
internal sealed class DeskPersonPages(
    PrivacyParts privacy,
    Func<string, string> digestOf,
    MerchantAudit audit,
    DeskDoor door,
    TimeProvider clock
)
{
    public const string Route = "/desk/people";
    private const string FileName = "personal-data.json";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Route, Show).Needs(DeskRight.Administer);
        routes.MapPost(Route, (Delegate)FindAsync).Needs(DeskRight.Administer);
        routes.MapPost(Route + "/export", (Delegate)ExportAsync).Needs(DeskRight.Administer);
        routes.MapPost(Route + "/erasure", (Delegate)EraseAsync).Needs(DeskRight.Administer);
    }

    private IResult Show(HttpContext http) => door.WhoIs(http) is null ? door.Closed(http) : Page(http, "", null, null, []);

    private Task<IResult> FindAsync(HttpContext http) => WithAddressAsync(http, async (staff, address, _) =>
        {
            audit.Read(AuditedAct.PersonRead, staff.Id, digestOf(address));
            return await PersonAsync(http, address, null, []);
        });

    private Task<IResult> ExportAsync(HttpContext http) => WithAddressAsync(http, async (staff, address, _) =>
        {
            if (!await audit.HandedOutAsync(AuditedAct.PersonExported, staff.Id, digestOf(address)))
                return PageFaults.Unavailable(http, TimeSpan.FromMinutes(1));
            return await PrivacyParts.UnlessUnusableAsync(http, async () =>
                Results.Bytes(
                    (await privacy.Exporter.OfAsync(address, ExportReader.Merchant, ContextOf(http).Locale, http.RequestAborted)).Write(),
                    "application/json",
                    FileName
                )
            );
        });

    /// <summary>The address is typed a second time, so that nobody is erased by a slip of the hand.</summary>
    private Task<IResult> EraseAsync(HttpContext http) => WithAddressAsync(http, async (staff, address, fields) =>
        {
            if (digestOf(fields.GetValueOrDefault("again", "")) != digestOf(address))
                return await PersonAsync(http, address, null, [notTheSame]);
            if (!await audit.HandedOutAsync(AuditedAct.PersonErased, staff.Id, digestOf(address)))
                return PageFaults.Unavailable(http, TimeSpan.FromMinutes(1));
            return await PrivacyParts.UnlessUnusableAsync(http, async () =>
            {
                await privacy.Erasures.AskAsync(address, ErasureAsker.Desk, ContextOf(http).Locale, http.RequestAborted);
                return Page(http, "", null, asked, []);
            });
        });

    private async Task<IResult> WithAddressAsync(
        HttpContext http,
        Func<StaffMember, string, IReadOnlyDictionary<string, string>, Task<IResult>> act
    )
    {
        if (door.WhoIs(http) is not { } staff)
            return door.Closed(http);
        if (await OrderAccess.ReadBodyAsync(http) is not { } body)
            return PageFaults.TooLarge(http);
        var fields = OrderAccess.Fields(body);
        var typed = fields.GetValueOrDefault("address", "").Trim();
        return MailAddress.Read(typed) is { } address
            ? await act(staff, address.Text, fields)
            : Page(http, typed, null, null, [new(Accounts.AddressForm.NoAddress.Sentence, "address")]);
    }

    private async Task<IResult> PersonAsync(HttpContext http, string address, Words? done, ImmutableArray<PageTrouble> troubles)
    {
        var found = await privacy.Erasures.Finder.FindAsync(address, http.RequestAborted);
        var asked = (await privacy.Erasures.FindAsync(address))?.AskedAt ?? [];
        return Page(http, address, new(address, found.PlanAt(clock.GetUtcNow()), asked), done, troubles);
    }

    private static PageResult<DeskPersonPage, DeskPersonModel> Page(
        HttpContext http,
        string typed,
        DeskPerson? person,
        Words? done,
        ImmutableArray<PageTrouble> troubles
    ) =>
        new(
            new(ContextOf(http), typed, person, done, troubles),
            troubles.IsEmpty ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity
        );

    private static readonly Words asked = new(
        "消しています。すむと、お客様に最後のメールが出ます。",
        "It's being erased. When it's done, a last mail goes to the customer."
    );

    private static readonly PageTrouble notTheSame = new(
        new(
            "アドレスが違います。消す方のアドレスを、もう一度入れてください。",
            "The addresses differ. Type the address of whoever is to be erased once more."
        ),
        "again"
    );

    private static PageContext ContextOf(HttpContext http) => PageFaults.ContextOf(http, Route);
}
