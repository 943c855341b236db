using System.Collections.Immutable;
using Shonin.Web;

namespace Shonin.MailChecks;

/// <summary>Whether a notice is ours.</summary>
public abstract record CheckResult
{
    private CheckResult() { }

    public sealed record NotAsked : CheckResult;

    /// <summary>Nothing but that and when: whoever types numbers need not be the one it was sent to.</summary>
    /// <param name="SentAt">When its mail left; null while it has not.</param>
    public sealed record Ours(DateTimeOffset QueuedAt, DateTimeOffset? SentAt) : CheckResult;

    /// <summary>The check digit does not fit: a slip of the hand, whatever is on record.</summary>
    public sealed record Mistyped : CheckResult;

    public sealed record NotOurs : CheckResult;

    /// <summary>Not ours or mistyped, like too many before it: it says neither.</summary>
    public sealed record TooMany(TimeSpan RetryAfter) : CheckResult;
}

/// <summary>What the page of mails offers beside the file.</summary>
/// <param name="ForwardTo">Where a mail may be forwarded, or null.</param>
public sealed record CheckOffer(string? ForwardTo, int SizeBytesMax)
{
    public int MegabytesMax => SizeBytesMax / (1024 * 1024);
}

public sealed record CheckModel(
    PageContext Context,
    CheckResult Result,
    string Number,
    string Reference,
    CheckOffer Offer,
    string Recipient,
    ImmutableArray<PageTrouble> Troubles
) : PageModel(Context)
{
    /// <summary>The text of a mail that was pasted and refused, or null.</summary>
    public string? Pasted { get; init; }
}

/// <summary>The verdict on a mail.</summary>
/// <param name="Held">Null where the mail is not held, so that it can neither be asked about again nor be reported.</param>
public sealed record VerdictModel(PageContext Context, VerdictScreen Screen, HeldPage? Held, ImmutableArray<PageTrouble> Troubles)
    : PageModel(Context);

/// <summary>The page of a mail that is held.</summary>
/// <param name="Path">It holds the mail's random name.</param>
/// <param name="EndsAt">When the mail is deleted.</param>
/// <param name="ReportNumber">Null while it is not reported.</param>
public sealed record HeldPage(string Path, DateTimeOffset EndsAt, string? ReportNumber);

/// <summary>Reporting a mail: what that means, and then its number.</summary>
/// <param name="Subject">A stranger's text.</param>
public sealed record ReportModel(
    PageContext Context,
    string MailPath,
    string Subject,
    TimeSpan KeptFor,
    string? ReportNumber,
    ReporterWords Words,
    ImmutableArray<PageTrouble> Troubles
) : PageModel(Context);
