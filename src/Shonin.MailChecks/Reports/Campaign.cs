using System.Collections.Immutable;

namespace Shonin.MailChecks;

/// <summary>One report as the grouping sees it.</summary>
public sealed record ReportedMail(string Report, DateTimeOffset ReceivedAt, MailTraits Traits);

/// <summary>Reports of mails that come from one kit.</summary>
/// <param name="Reports">The earliest first; the first one's name is the campaign's.</param>
public sealed record Campaign(ImmutableArray<ReportedMail> Reports)
{
    public string Name => Reports[0].Report;

    public DateTimeOffset FirstSeen => Reports[0].ReceivedAt;

    public DateTimeOffset LastSeen => Reports[^1].ReceivedAt;

    /// <summary>
    /// Groups what is alike: whoever is like one of a group belongs to it, so a kit that changes bit by bit stays one campaign. The result
    /// does not depend on the order of the reports. Campaigns come with the latest seen first.
    /// </summary>
    public static ImmutableArray<Campaign> Group(IEnumerable<ReportedMail> reports)
    {
        ArgumentNullException.ThrowIfNull(reports);
        var mails = reports.OrderBy(mail => mail.ReceivedAt).ThenBy(mail => mail.Report, StringComparer.Ordinal).ToArray();
        var groups = new Groups(mails.Length);
        for (var later = 1; later < mails.Length; later++)
        {
            for (var earlier = 0; earlier < later; earlier++)
            {
                if (!groups.IsOne(earlier, later) && mails[earlier].Traits.IsLike(mails[later].Traits))
                    groups.Join(earlier, later);
            }
        }

        return
        [
            .. Enumerable
                .Range(0, mails.Length)
                .GroupBy(groups.First)
                .OrderBy(group => group.Key)
                .Select(group => new Campaign([.. group.Select(index => mails[index])]))
                .OrderByDescending(campaign => campaign.LastSeen)
                .ThenBy(campaign => campaign.Name, StringComparer.Ordinal),
        ];
    }

    /// <summary>Disjoint sets of indexes, each known by its least.</summary>
    private sealed class Groups(int count)
    {
        private readonly int[] parents = [.. Enumerable.Range(0, count)];

        public int First(int index)
        {
            while (parents[index] != index)
                index = parents[index] = parents[parents[index]];
            return index;
        }

        public bool IsOne(int one, int other) => First(one) == First(other);

        public void Join(int one, int other)
        {
            var (least, rest) = (Math.Min(First(one), First(other)), Math.Max(First(one), First(other)));
            parents[rest] = least;
        }
    }
}
