using System.Text.RegularExpressions;
using Shonin.Domain.Notices;
using Shonin.Domain.Proofs;
using Shonin.Merchant.Notices;
using Shonin.Web;

namespace Shonin.Notices;

/// <summary>
/// Where a notice comes back to when nobody can receive it: the mailbox's address with the notice's number and a code that only we can
/// make, <c>bounces+4821773057-k7qm2vxr2s@shop.example.jp</c>. A report that names another code is a stranger's.
/// </summary>
internal sealed partial class ReturnPath(MailAddress mailbox, NoticeMarkKeys keys)
{
    /// <summary>Notices from before there were numbers come back to the mailbox itself, and cannot be told apart there.</summary>
    public string Of(NoticeMail notice) =>
        notice.Reference is { } digits ? $"{mailbox.Local}+{digits}-{keys.Current.ReturnCodeOf(digits)}@{mailbox.Domain}" : mailbox.Text;

    /// <summary>Whether something was sent to this mailbox, with a code or without.</summary>
    /// <param name="addresses">Where a mail was delivered to, as its fields say.</param>
    public ReturnPathReading Read(IEnumerable<string> addresses)
    {
        ReturnPathReading found = new ReturnPathReading.NotOurs();
        foreach (var address in addresses)
        {
            if (MailAddress.Read(address) is not { } read || !read.Domain.Equals(mailbox.Domain, StringComparison.OrdinalIgnoreCase))
                continue;
            if (read.Local.Equals(mailbox.Local, StringComparison.OrdinalIgnoreCase))
                found = new ReturnPathReading.Uncoded();
            else if (read.Local.StartsWith(mailbox.Local + "+", StringComparison.OrdinalIgnoreCase))
                return Coded(read.Local[(mailbox.Local.Length + 1)..]);
        }
        return found;
    }

    private ReturnPathReading Coded(string tag)
    {
        var match = Tag().Match(tag);
        return
            match.Success
            && NoticeReference.TryParseDigits(match.Groups[1].Value, out var reference)
            && keys.All.Any(key => key.IsReturnCodeOf(match.Groups[1].Value, match.Groups[2].Value.ToLowerInvariant()))
            ? new ReturnPathReading.Ours(reference)
            : new ReturnPathReading.Uncoded();
    }

    /// <summary>Capitals count for nothing: some relays change them.</summary>
    [GeneratedRegex("^([0-9]{10})-([A-Za-z2-7]{10})$", RegexOptions.CultureInvariant)]
    private static partial Regex Tag();
}

internal abstract record ReturnPathReading
{
    private ReturnPathReading() { }

    public sealed record Ours(NoticeReference Notice) : ReturnPathReading;

    /// <summary>To our mailbox, without a code that we made.</summary>
    public sealed record Uncoded : ReturnPathReading;

    public sealed record NotOurs : ReturnPathReading;
}
