using System.Text.RegularExpressions;
using Shonin.Domain.Contacts;
using Shonin.Domain.Proofs;
using Shonin.Web;

namespace Shonin.Contacts;

/// <summary>
/// Where answers to our mails arrive: the help address, with the contact and a keyed code that nobody else can make
/// (<c>help+o-019…-k3v…@shop.example.jp</c>). The code stands in mails to the order's own address alone; whoever has it can add to that
/// contact, and is shown nothing.
/// </summary>
/// <param name="mailbox">The help address itself; its server takes <c>NAME+…@DOMAIN</c> too (RFC 5233).</param>
internal sealed partial class ReplyAddress(MailAddress mailbox, NoticeMarkKeys keys)
{
    /// <summary>So that the contact and its code have room beside it (RFC 5321 section 4.5.3.1.1).</summary>
    public const int LocalLengthMax = 18;

    public string Text => mailbox.Text;

    /// <summary>Null for a contact whose name has no room there.</summary>
    public string? Of(ContactId contact)
    {
        var address = $"{mailbox.Local}+{contact}-{keys.Current.ReplyCodeOf(contact.Value)}@{mailbox.Domain}";
        return MailAddress.IsOne(address) ? address : null;
    }

    /// <summary>Whether it is the help address, with a contact or without.</summary>
    public bool Is(string address) =>
        MailAddress.Read(address) is { } read
        && read.Domain.Equals(mailbox.Domain, StringComparison.OrdinalIgnoreCase)
        && read.Local.Split('+', 2)[0].Equals(mailbox.Local, StringComparison.OrdinalIgnoreCase);

    /// <param name="addresses">Where a mail was delivered to, as its fields say.</param>
    public ReplyAddressReading Read(IEnumerable<string> addresses)
    {
        ReplyAddressReading found = new ReplyAddressReading.NotOurs();
        foreach (var address in addresses.Where(Is))
        {
            if (Tag().Match(MailAddress.Read(address)!.Local.ToLowerInvariant()) is { Success: true } tag && IsOurs(tag))
                return new ReplyAddressReading.Ours(new(tag.Groups["contact"].Value));
            found = new ReplyAddressReading.Uncoded();
        }
        return found;
    }

    private bool IsOurs(Match tag) => keys.All.Any(key => key.IsReplyCodeOf(tag.Groups["contact"].Value, tag.Groups["code"].Value));

    /// <summary>Capitals count for nothing: some relays change them.</summary>
    [GeneratedRegex(@"\+(?<contact>[oq]-[0-9a-z]{1,40})-(?<code>[a-z2-7]{10})$", RegexOptions.CultureInvariant)]
    private static partial Regex Tag();
}

internal abstract record ReplyAddressReading
{
    private ReplyAddressReading() { }

    public sealed record Ours(ContactId Contact) : ReplyAddressReading;

    /// <summary>To the help address, without a code that we made.</summary>
    public sealed record Uncoded : ReplyAddressReading;

    public sealed record NotOurs : ReplyAddressReading;
}
