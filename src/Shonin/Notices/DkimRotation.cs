using System.Globalization;
using Shonin.EventLog.Secrets;
using Shonin.MailChecks;

namespace Shonin.Notices;

/// <summary>
/// How one pair of signing keys follows another. The private halves are made first; what the book names can always be loaded.
/// </summary>
internal sealed class DkimRotation(MailKeyBook book, KeyFolder folder, string domain)
{
    private readonly string domain = MailKeyBook.DomainOf(domain);

    /// <summary>
    /// Sees to it that a pair signs for the domain. Keys of a folder that has no book yet are entered with the day of their name;
    /// those of a domain that is ours no more end now.
    /// </summary>
    public void Begin(DateTimeOffset now) =>
        book.Change(before =>
        {
            var moment = Second(now);
            List<ArchivedKey> keys =
            [
                .. before
                    .Where(key => key.Domain == domain || key.From <= moment)
                    .Select(key => key.Domain != domain && (key.Until is null || key.Until > moment) ? key with { Until = moment } : key),
            ];
            var signing = MailKeyBook.SigningAt(keys, domain, moment).Select(key => key.Selector[0]).ToHashSet();
            foreach (var kind in DkimKeyFiles.Kinds.Where(kind => !signing.Contains(kind)))
            {
                var unentered = DkimKeyFiles
                    .Selectors(folder, kind)
                    .LastOrDefault(selector =>
                        !keys.Any(key => key.Selector == selector && (key.Domain == domain || key.Revoked is not null))
                    );
                var from = unentered is not null && before.Count == 0 && DayOf(unentered) is { } day && day < moment ? day : moment;
                keys.Add(Entry(unentered ?? NewSelector(keys, kind, moment), from));
            }
            return keys;
        });

    /// <summary>Makes the next pair. The one before it ends when the new one begins.</summary>
    /// <param name="from">When it begins; a pair that waits already can only be told to begin now.</param>
    public Reading<IReadOnlyList<ArchivedKey>, string> Rotate(DateTimeOffset from, DateTimeOffset now)
    {
        var (begin, moment) = (Second(from), Second(now));
        if (begin < moment)
        {
            return new Reading<IReadOnlyList<ArchivedKey>, string>.Refused(
                $"a pair cannot begin in the past ({Said(begin)}); give a time to come, or now."
            );
        }

        string? refusal = null;
        IReadOnlyList<ArchivedKey> next = [];
        book.Change(before =>
        {
            if (Waiting(before, moment) is [var first, ..] && begin > moment)
            {
                refusal =
                    $"{first.Selector} and its pair wait already, and begin at {Said(first.From)}. To begin with them at once: shonin mail rotate-keys --from now";
                return before;
            }
            (var after, next) = WithNext(before, begin, moment);
            return after;
        });
        return refusal is null
            ? new Reading<IReadOnlyList<ArchivedKey>, string>.Read(next)
            : new Reading<IReadOnlyList<ArchivedKey>, string>.Refused(refusal);
    }

    /// <summary>
    /// Takes a key back whose private half may be in other hands: no signature by it counts from now on, whatever its date. Where it
    /// signs now, another pair takes over at once; where it only waits, its pair is given up.
    /// </summary>
    public Reading<Revocation, string> Revoke(string selector, DateTimeOffset now)
    {
        var moment = Second(now);
        Revocation? done = null;
        book.Change(before =>
        {
            if (before.FirstOrDefault(key => key.Selector == selector && key.Domain == domain) is not { } key)
                return before;
            if (key.Revoked is not null)
            {
                done = new(key, []);
                return before;
            }
            var waits = key.From > moment;
            var signs = MailKeyBook.SigningAt(before, domain, moment).Contains(key);
            List<ArchivedKey> after =
            [
                .. before.Select(one =>
                    one switch
                    {
                        _ when one.Selector == selector || (waits && one.Domain == domain && one.From == key.From) => one with
                        {
                            Revoked = moment,
                        },
                        // What was to end when the given-up pair began goes on.
                        _ when waits && one.Domain == domain && one.Until == key.From => one with { Until = null },
                        var other => other,
                    }
                ),
            ];
            (IReadOnlyList<ArchivedKey> all, IReadOnlyList<ArchivedKey> next) = signs ? WithNext(after, moment, moment) : (after, []);
            done = new(all.First(one => one.Selector == selector && one.Domain == domain), next);
            return all;
        });
        return done is null
            ? new Reading<Revocation, string>.Refused($"{book.Path} has no key {selector} of {domain}; shonin mail keys lists them.")
            : new Reading<Revocation, string>.Read(done);
    }

    /// <summary>The keys with a pair that begins then: one that waits already, else a new one.</summary>
    private (IReadOnlyList<ArchivedKey> All, IReadOnlyList<ArchivedKey> Next) WithNext(
        IReadOnlyList<ArchivedKey> keys,
        DateTimeOffset begin,
        DateTimeOffset now
    )
    {
        var waiting = Waiting(keys, now);
        IReadOnlyList<ArchivedKey> next =
            waiting.Count > 0
                ? [.. waiting.Select(key => key with { From = begin })]
                : [.. DkimKeyFiles.Kinds.Select(kind => Entry(NewSelector(keys, kind, begin), begin))];
        return (
            [
                .. keys.Except(waiting)
                    .Select(key =>
                        key.Domain == domain && key.From <= begin && (key.Until is null || key.Until > begin)
                            ? key with
                            {
                                Until = begin,
                            }
                            : key
                    ),
                .. next,
            ],
            next
        );
    }

    private List<ArchivedKey> Waiting(IReadOnlyList<ArchivedKey> keys, DateTimeOffset now) =>
        [.. keys.Where(key => key.Domain == domain && key.Revoked is null && key.From > now)];

    private ArchivedKey Entry(string selector, DateTimeOffset from)
    {
        using var key = DkimKeyFiles.LoadOrCreate(folder, domain, selector);
        return new ArchivedKey(domain, selector, key.DnsRecord, from);
    }

    /// <summary><c>r20261124</c>: no letter of it tells anything but which key, and since when.</summary>
    private static string NewSelector(IReadOnlyList<ArchivedKey> keys, char kind, DateTimeOffset begin)
    {
        var first = string.Create(CultureInfo.InvariantCulture, $"{kind}{begin.UtcDateTime:yyyyMMdd}");
        var selector = first;
        for (var ordinal = 2; keys.Any(key => key.Selector == selector); ordinal++)
            selector = string.Create(CultureInfo.InvariantCulture, $"{first}-{ordinal}");
        return selector;
    }

    private static DateTimeOffset? DayOf(string selector) =>
        DateTimeOffset.TryParseExact(
            selector.AsSpan(1),
            "yyyyMMdd",
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var day
        )
            ? day
            : null;

    /// <summary>A signature tells its time in whole seconds, so keys begin and end at those.</summary>
    private static DateTimeOffset Second(DateTimeOffset at) => DateTimeOffset.FromUnixTimeSeconds(at.ToUnixTimeSeconds());

    private static string Said(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

/// <summary>What became of taking a key back.</summary>
/// <param name="Next">The pair that took over because of it; empty where the key did not sign.</param>
internal sealed record Revocation(ArchivedKey Key, IReadOnlyList<ArchivedKey> Next);
