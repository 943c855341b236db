using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Shonin.CardNetwork.Vault;
using Shonin.EventLog;
using SQLitePCL;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace Shonin.Web;

/// <summary>
/// What a fault becomes for whoever waits: a problem for programs, a page for people, never a trace. What the sender did wrong is
/// counted in the log without anything of what was sent; only our own faults are logged whole.
/// </summary>
internal static class FaultAnswers
{
    private static readonly TimeSpan soon = TimeSpan.FromSeconds(10);

    public static async Task CatchAsync(HttpContext http, RequestDelegate next, RefusedBodies refused, ILogger logger)
    {
        try
        {
            await next(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there any more to read an answer.
        }
        catch (Exception fault) when (!http.Response.HasStarted) // The host loop: every fault becomes an answer without a trace.
        {
            await (IsOfTheSender(fault) ? Refuse(http, fault, refused) : Confess(http, fault, logger)).ExecuteAsync(http);
        }
        catch (Exception fault) when (IsOfTheSender(fault))
        {
            Note(http, fault, refused);
            http.Abort();
        }
    }

    private static bool IsOfTheSender(Exception fault) => fault is BadHttpRequestException or UploadRefusedException;

    private static IResult Refuse(HttpContext http, Exception fault, RefusedBodies refused)
    {
        Note(http, fault, refused);
        var isProgram = WebServer.IsForPrograms(http);
        if (!isProgram)
            PageGate.AddHeaders(http.Response.Headers);
        return fault switch
        {
            BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => isProgram
                ? TooLarge
                : PageFaults.TooLarge(http),
            BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout }
            or UploadRefusedException { Reason: UploadRefusal.TooSlow } => isProgram
                ? new Problem(ProblemCode.TooSlow, "The body came too slowly; send it again over a better line, or a smaller one.")
                : PageFaults.TooSlow(http),
            UploadRefusedException { Reason: UploadRefusal.TooManyOfThisParty } => isProgram
                ? new Problem(ProblemCode.RateLimited, "Too many bodies are under way from here at one time.") { RetryAfter = soon }
                : PageFaults.TooMany(http, soon),
            UploadRefusedException { Reason: UploadRefusal.NoRoom } => isProgram
                ? new Problem(ProblemCode.Overloaded, "There is no room for this body now.") { RetryAfter = soon }
                : PageFaults.Busy(http),
            BadHttpRequestException unreadable => isProgram
                ? new Problem(ProblemCode.Malformed, $"The request cannot be read: {unreadable.Message}")
                : PageFaults.Unreadable(http),
            _ => throw new UnreachableException(),
        };
    }

    public static Problem TooLarge { get; } =
        new(ProblemCode.BodyTooLarge, "The body is too large; Limits:BodySizeBytesMax says how large it may be.");

    private const string CannotBeKept =
        "What this request needs cannot be read or written now; nothing was changed. Send the same request again, with the same Idempotency-Key.";

    /// <summary>It passes once somebody has freed the disk: no fault of the program, and nothing to quote.</summary>
    private static bool IsOfTheDisk(Exception fault) =>
        fault
            is VaultUnavailableException
                or LogUnusableException
                or SqliteException
                {
                    SqliteErrorCode: raw.SQLITE_FULL
                        or raw.SQLITE_IOERR
                        or raw.SQLITE_READONLY
                        or raw.SQLITE_CANTOPEN
                        or raw.SQLITE_BUSY
                        or raw.SQLITE_LOCKED
                };

    private static IResult Confess(HttpContext http, Exception fault, ILogger logger)
    {
        if (IsOfTheDisk(fault))
        {
            logger.LogError("{Method} {Route} failed: {Why}", http.Request.Method, RouteOf(http), fault.Message);
            return WebServer.IsForPrograms(http)
                ? new Problem(ProblemCode.StorageUnavailable, fault is VaultUnavailableException ? fault.Message : CannotBeKept)
                {
                    RetryAfter = TimeSpan.FromSeconds(1),
                }
                : PageFaults.Unavailable(http, TimeSpan.FromMinutes(1));
        }
        var reference = Activity.Current?.Id ?? http.TraceIdentifier;
        logger.LogError(fault, "{Method} {Route} failed; reference {Reference}", http.Request.Method, RouteOf(http), reference);
        return WebServer.IsForPrograms(http)
            ? new Problem(
                ProblemCode.InternalError,
                $"Something broke on our side. Quote {reference} to whoever runs this server; sending the same request again with the same Idempotency-Key is safe."
            )
            : Pages.Broken(http);
    }

    private static void Note(HttpContext http, Exception fault, RefusedBodies refused) =>
        refused.Note(
            RouteOf(http),
            fault is UploadRefusedException upload
                ? upload.Reason.ToString()
                : ((BadHttpRequestException)fault).StatusCode.ToString(CultureInfo.InvariantCulture)
        );

    private static string RouteOf(HttpContext http) => (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "no route";
}
