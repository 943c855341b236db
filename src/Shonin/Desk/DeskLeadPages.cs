using System.Collections.Immutable;
using Shonin.Domain;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Merchant.Contacts;
using Shonin.Merchant.Desk;
using Shonin.Merchant.Orders;
using Shonin.Operations;
using Shonin.Web;

namespace Shonin.Desk;

/// <summary>Customers of one language who wait for an agent.</summary>
/// <param name="LongestSince">Since when the one who came first waits.</param>
/// <param name="BrokenCount">Those to whom an answer was promised that did not come in time.</param>
public sealed record WaitingIn(Locale Locale, int Count, DateTimeOffset LongestSince, int BrokenCount);

/// <param name="ContactCount">Conversations that they have now.</param>
public sealed record PresentColleague(StaffMember Member, int ContactCount);

/// <param name="NextDeadline">Of those of this class, the one that ends first.</param>
/// <param name="OldestSince">Since when the oldest of them is on hold.</param>
public sealed record HoldsOfClass(HoldClass Class, int Count, DateTimeOffset OldestSince, DateTimeOffset NextDeadline);

public sealed record LeadModel(
    PageContext Context,
    ImmutableArray<WaitingIn> Waiting,
    ImmutableArray<PresentColleague> Present,
    ImmutableArray<HoldsOfClass> Holds,
    ImmutableArray<Order> NextToEnd,
    ImmutableArray<(AttentionReason Reason, int Count)> Attention,
    bool IsWhole
) : PageModel(Context);

/// <summary>What the view of leads gathers.</summary>
internal sealed record LeadSources(OrderBook Orders, OrderIndex Index, ContactBook Contacts);

/// <summary>How everybody's work goes: who waits and how long, who is here, what is on hold and when it ends, what needs a person.</summary>
internal sealed class DeskLeadPages(LeadSources sources, MerchantAudit audit, DeskDoor door)
{
    private const int ContactsMax = 1_000;
    private const int HoldsMax = 500;
    private const int NextShown = 10;

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/desk/lead", (Delegate)ShowAsync).Needs(DeskRight.Lead);

    private async Task<IResult> ShowAsync(HttpContext http)
    {
        if (door.WhoIs(http) is not { } staff)
            return door.Closed(http);
        var cancellation = http.RequestAborted;
        audit.Read(AuditedAct.LeadViewRead, staff.Id, null);
        var waiting = await sources.Contacts.ListWaitingAsync(ContactsMax, cancellation);
        var held = await sources.Contacts.ListWithAgentAsync(null, ContactsMax, cancellation);
        var onHold = await sources.Index.OnHoldAsync(HoldsMax, cancellation);
        var holds = new List<Order>();
        foreach (var id in onHold.Orders)
        {
            if (await sources.Orders.FindAsync(id, cancellation) is { Order: { Hold: not null } order })
                holds.Add(order);
        }
        var attention = await sources.Orders.ListNeedingAttentionAsync(HoldsMax, cancellation);
        return new PageResult<DeskLeadPage, LeadModel>(
            new(
                PageFaults.ContextOf(http, "/desk/lead"),
                [
                    .. waiting
                        .Contacts.GroupBy(contact => contact.Locale)
                        .OrderBy(same => same.Key)
                        .Select(same => new WaitingIn(
                            same.Key,
                            same.Count(),
                            same.Min(contact => contact.QueuedAt),
                            same.Count(contact => contact.ApologyCount > 0)
                        )),
                ],
                [
                    .. door.Present()
                        .Select(member => new PresentColleague(member, held.Contacts.Count(contact => contact.Agent == member.Id))),
                ],
                [
                    .. holds
                        .GroupBy(order => order.Hold!.Class)
                        .OrderBy(same => same.Key)
                        .Select(same => new HoldsOfClass(
                            same.Key,
                            same.Count(),
                            same.Min(order => order.Hold!.OpenedAt),
                            same.Min(order => order.Hold!.Deadline)
                        )),
                ],
                [.. holds.Take(NextShown)],
                [
                    .. attention
                        .SelectMany(record => record.Order.Attention)
                        .GroupBy(reason => reason)
                        .Select(same => (same.Key, same.Count()))
                        .OrderByDescending(same => same.Item2),
                ],
                waiting.IsWhole && held.IsWhole && onHold.IsWhole
            ),
            StatusCodes.Status200OK
        );
    }
}
