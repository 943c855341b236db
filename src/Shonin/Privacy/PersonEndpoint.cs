using System.Collections.Immutable;
using Shonin.Domain.Privacy;
using Shonin.EventLog;
using Shonin.Merchant.Privacy;
using Shonin.Operations;
using Shonin.Orders;
using Shonin.Web;

namespace Shonin.Privacy;

/// <param name="Email">The person's mail address.</param>
/// <param name="Locale">ja or en; ja where it is left out.</param>
internal sealed record PersonBody(string Email, string? Locale = null);

/// <param name="Confirmed">False tells what would be erased, and changes nothing.</param>
internal sealed record ErasureBody(string Email, bool Confirmed, string? Locale = null);

/// <param name="Erases">What goes, a line each.</param>
/// <param name="Keeps">What stays, and why.</param>
/// <param name="IsEmpty">Whether nothing is kept of the person at all.</param>
internal sealed record ErasureView(bool Confirmed, bool IsEmpty, ImmutableArray<string> Erases, ImmutableArray<string> Keeps)
{
    public static ErasureView Of(ErasurePlan plan, Domain.Locale locale, bool isConfirmed) =>
        new(
            isConfirmed,
            plan.IsEmpty,
            [.. PrivacyWording.Goes(plan).Select(line => line.In(locale))],
            [.. PrivacyWording.Stays(plan).Select(line => line.In(locale))]
        );
}

/// <summary>
/// A person's data for programs of the merchant, and for <c>shonin privacy</c> beside a running server. Erasing twice is the same as erasing
/// once, so that it needs no key against repeats.
/// </summary>
internal sealed class PersonEndpoint(
    PrivacyParts privacy,
    Func<string, string> digestOf,
    MerchantAudit audit,
    int bodySizeBytesMax,
    TimeProvider clock
)
{
    public const string ExportsRoute = "/v1/persons/exports";
    public const string ErasuresRoute = "/v1/persons/erasures";

    public async Task<IResult> ExportAsync(HttpContext http)
    {
        var bytes = await RequestBody.ReadAsync(http.Request, bodySizeBytesMax, http.RequestAborted);
        return await bytes.ThenAsync(body =>
            StrictJson
                .Read<PersonBody>(body)
                .ThenAsync(asked =>
                    WithPersonAsync(asked.Email, asked.Locale, async (address, locale) =>
                        await audit.HandedOutAsync(AuditedAct.PersonExportedByApi, Gate.CallerOf(http).Id, digestOf(address))
                            ? Results.Bytes(
                                (await privacy.Exporter.OfAsync(address, ExportReader.Merchant, locale, http.RequestAborted)).Write(),
                                "application/json"
                            )
                            : Unwritten()
                    )
                )
        );
    }

    public async Task<IResult> EraseAsync(HttpContext http)
    {
        var bytes = await RequestBody.ReadAsync(http.Request, bodySizeBytesMax, http.RequestAborted);
        return await bytes.ThenAsync(body =>
            StrictJson
                .Read<ErasureBody>(body)
                .ThenAsync(asked =>
                    WithPersonAsync(asked.Email, asked.Locale, (address, locale) => EraseAsync(http, address, locale, asked.Confirmed))
                )
        );
    }

    private async Task<IResult> EraseAsync(HttpContext http, string address, Domain.Locale locale, bool isConfirmed)
    {
        var found = await privacy.Erasures.Finder.FindAsync(address, http.RequestAborted);
        var plan = found.PlanAt(clock.GetUtcNow());
        if (!isConfirmed)
            return Results.Json(ErasureView.Of(plan, locale, isConfirmed: false), ApiJson.Options);
        if (!await audit.HandedOutAsync(AuditedAct.PersonErasedByApi, Gate.CallerOf(http).Id, digestOf(address)))
            return Unwritten();
        await privacy.Erasures.AskAsync(address, ErasureAsker.Operator, locale, http.RequestAborted);
        return Results.Json(ErasureView.Of(plan, locale, isConfirmed: true), ApiJson.Options, statusCode: StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> WithPersonAsync(string email, string? locale, Func<string, Domain.Locale, Task<IResult>> act)
    {
        if (MailAddress.Read(email) is not { } address)
        {
            return new Problem(ProblemCode.InvalidValue, "/email is no mail address, as in hanako@example.jp.") { Pointer = "/email" };
        }
        if (OrderRequests.LocaleOf(locale ?? "ja") is not { } language)
            return new Problem(ProblemCode.InvalidValue, "/locale is ja or en.") { Pointer = "/locale" };
        try
        {
            return await act(address.Text, language);
        }
        catch (LogUnusableException unusable)
        {
            return new Problem(ProblemCode.StorageUnavailable, unusable.Message) { RetryAfter = TimeSpan.FromSeconds(10) };
        }
    }

    private static Problem Unwritten() =>
        new(ProblemCode.StorageUnavailable, "The audit trail cannot be written now, so nothing is handed out and nothing erased.")
        {
            RetryAfter = TimeSpan.FromSeconds(10),
        };
}
