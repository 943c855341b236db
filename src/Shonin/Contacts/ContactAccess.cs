using Shonin.Domain;
using Shonin.Domain.Contacts;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Hours;
using Shonin.Merchant.Contacts;
using Shonin.Merchant.Orders;
using Shonin.Web;

namespace Shonin.Contacts;

/// <summary>By which link a customer reaches a contact.</summary>
public enum ContactLink
{
    /// <summary>The link of the order that it is about.</summary>
    Order,

    /// <summary>A link of its own, where there is no order at hand.</summary>
    Own,
}

/// <summary>A contact that a link opened.</summary>
/// <param name="Record">Null where nobody has asked anything yet.</param>
/// <param name="Path">Of its page.</param>
internal sealed record OpenedContact(ContactId Id, ContactRecord? Record, Order? Order, string Path, PageContext Context)
{
    public ContactLink Link => Order is null ? ContactLink.Own : ContactLink.Order;
}

/// <summary>Finds a customer's contact by the link in their hand. Whoever has an order's link reaches its contact, and no other.</summary>
internal sealed class ContactAccess(ContactBook contacts, OrderBook orders, MerchantProfile merchant, ShopHours hours, TimeProvider clock)
{
    /// <summary>Longest key that is looked up; ours are shorter.</summary>
    private const int AccessKeyLengthMax = 128;

    public TimeProvider Clock => clock;

    public static string PathOf(ContactLink link, string accessKey) =>
        link switch
        {
            ContactLink.Order => $"/o/{accessKey}/chat",
            ContactLink.Own => $"/c/{accessKey}",
        };

    /// <summary>Null where the link leads nowhere, or its customer was erased.</summary>
    /// <param name="asked">The language that the reader wants; null for the order's or the contact's own.</param>
    public async ValueTask<OpenedContact?> OpenAsync(ContactLink link, string accessKey, Locale? asked, CancellationToken cancellation)
    {
        if (accessKey.Length is 0 or > AccessKeyLengthMax)
            return null;
        var path = PathOf(link, accessKey);
        if (link == ContactLink.Own)
        {
            return
                await contacts.FindByAccessKeyAsync(accessKey, cancellation) is { } record
                && await contacts.PersonOfAsync(record.Id, cancellation) is not null
                ? new(record.Id, record, null, path, ContextOf(asked ?? record.State.Locale, path, "/help"))
                : null;
        }
        if (await orders.FindByAccessKeyAsync(accessKey, cancellation) is not { AccessKey: not null, Order: var order })
            return null;
        var contact = ContactId.Of(order.Id);
        return new(contact, await contacts.FindAsync(contact), order, path, ContextOf(asked ?? order.Locale, path, $"/o/{accessKey}/help"));
    }

    private PageContext ContextOf(Locale locale, string path, string helpPath) =>
        new(locale, merchant, path)
        {
            Now = clock.GetUtcNow(),
            Hours = hours.Current,
            HelpPath = helpPath,
        };
}
