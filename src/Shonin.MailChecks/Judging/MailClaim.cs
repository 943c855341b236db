using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Shonin.Domain.Proofs;

namespace Shonin.MailChecks;

/// <summary>What a mail says or hints about coming from one merchant: seen once, weighed by <see cref="MailJudge"/>.</summary>
/// <param name="Profile">The merchant.</param>
/// <param name="Addresses">Which of the addresses in From are the merchant's.</param>
/// <param name="Name">How the sender's shown names use the merchant's.</param>
/// <param name="PosedAddress">An address of the merchant that stands in a shown name, or null.</param>
/// <param name="Sender">A foreign sender domain that resembles the merchant's, or null.</param>
/// <param name="Subject">How the subject uses the merchant's name.</param>
internal sealed partial record MailClaim(
    MailProfile Profile,
    AddressClaim Addresses,
    NameUse Name,
    string? ShownName,
    string? PosedAddress,
    LookAlike? Sender,
    NameUse Subject,
    MailEvidence Evidence
)
{
    private const int ShownLengthMax = 1024;
    private const int SubjectLengthMax = 1024;

    private readonly Lazy<bool> isNamedInText = new(() => IsNamedIn(Evidence.Content.VisibleText, Profile));
    private readonly Lazy<bool> talksOfReadersAffairs = new(() =>
        ReadersAffairs.AreTalkedOf(Evidence.Content.Subject, Evidence.Content.VisibleText)
    );
    private readonly Lazy<bool> presses = new(() => PressingWords.Stand(Evidence.Content.Subject, Evidence.Content.VisibleText));

    /// <summary>A link that shows the merchant's address and leads to a stranger, or null.</summary>
    public MailLink? MisleadingLink { get; } = Evidence.Content.Links.FirstOrDefault(link => IsMisleading(link, Profile));

    /// <summary>A link to a host that resembles the merchant's, or null.</summary>
    public LookAlike? LinkLookAlike { get; } =
        Evidence
            .Content.Links.Select(link => DomainResemblance.Of(link.Host ?? "", Profile))
            .Where(alike => alike is not null)
            .MinBy(alike => alike!.Kind);

    public bool HasLinks => Evidence.Content.Links.Any(link => link.Host is not null);

    /// <summary>Links that lead neither to the merchant nor to what relays put into mails that they pass on.</summary>
    public ImmutableArray<MailLink> ForeignLinks { get; } =
    [.. Evidence.Content.Links.Where(link => link.Host is { } host && !Profile.LinksTo(host) && !RelayLinks.LeadTo(host))];

    public bool HasForeignLinks => !ForeignLinks.IsEmpty;

    /// <summary>Whether nothing in the sender's name is anybody's: no name at all, or an office such as Customer Service.</summary>
    public bool IsNameless => Evidence.Sender.ShownNames.All(name => Lettering.Of(name).Words.All(SenderWords.NameNobody));

    /// <summary>
    /// Whether the mail says whose it is: by the sender's name in the text, or by a link to his own domain. A link alone says nothing where
    /// the subject is put under the merchant's name, or the account is the merchant's: thieves have domains too.
    /// </summary>
    public bool SpeaksForItsSender =>
        Evidence.Sender.Mailboxes.Any(mailbox =>
            DomainResemblance.ChosenName(mailbox.Domain) is { Length: > 0 } chosen
            && (
                !IsAboutMerchantsAccount && Evidence.Content.Links.Any(link => DomainResemblance.ChosenName(link.Host ?? "") == chosen)
                || BrandName
                    .Squeezed(WrittenAddresses().Replace(Evidence.Content.VisibleText, " "))
                    .Contains(BrandName.Squeezed(chosen), StringComparison.Ordinal)
            )
        );

    /// <summary>【Shop】 or "Shop:" before the subject, or "your Shop account" in it.</summary>
    private bool IsAboutMerchantsAccount
    {
        get
        {
            var subject = FoldedText.Of(Evidence.Content.Subject, SubjectLengthMax);
            return SubjectHead().Match(subject) is { Success: true } head
                    && BrandName.UseIn(head.Groups["name"].Value, BrandName.Of(Profile)) >= NameUse.Borrowed
                || Profile.Names.Any(name => accounts.Any(account => subject.Contains(name + account, StringComparison.OrdinalIgnoreCase)));
        }
    }

    public bool HasOwnLinks => Evidence.Content.Links.Any(link => link.Host is { } host && Profile.LinksTo(host));

    public bool HasOnlyOwnLinks => Evidence.Content.Links.All(link => link.Host is null || Profile.LinksTo(link.Host));

    public bool IsNamedInText => isNamedInText.Value;

    public bool Presses => presses.Value;

    /// <inheritdoc cref="ReadersAffairs"/>
    public bool TalksOfReadersAffairs => talksOfReadersAffairs.Value;

    /// <summary>Whether the text signs with the whole of the shown name: who says "Apple Vacations" talks of his own business.</summary>
    public bool SignsWithWholeName =>
        ShownName is not null
        && BrandName.Squeezed(ShownName) is { Length: > 0 } whole
        && BrandName.Squeezed(Evidence.Content.VisibleText).Contains(whole, StringComparison.Ordinal);

    /// <summary>Whether anything in the mail speaks in this merchant's name.</summary>
    public bool IsMade =>
        Addresses != AddressClaim.None
        || Name != NameUse.None
        || PosedAddress is not null
        || Sender is not null
        || Subject != NameUse.None
        || MisleadingLink is not null
        || LinkLookAlike is not null;

    public static MailClaim Of(MailEvidence evidence, MailProfile profile)
    {
        var names = BrandName.Of(profile);
        var sender = evidence.Sender;
        var (use, shown) = sender
            .ShownNames.Select(name => (Use: UseBy(sender, name, names), Name: name))
            .DefaultIfEmpty((NameUse.None, ""))
            .MaxBy(pair => pair.Item1);
        return new MailClaim(
            profile,
            AddressesOf(sender, profile),
            use,
            use == NameUse.None ? null : shown,
            sender.ShownNames.FirstOrDefault(name => ShowsAddress(name, profile)),
            sender
                .Mailboxes.Select(mailbox => DomainResemblance.Of(mailbox.Domain, profile))
                .Where(alike => alike is not null)
                .MinBy(alike => alike!.Kind),
            BrandName.UseIn(evidence.Content.Subject, names),
            evidence
        );
    }

    /// <summary>How a sender's shown name uses the merchant's: somebody may bear a name of his own beside it.</summary>
    private static NameUse UseBy(SenderEvidence sender, string name, ImmutableArray<BrandName> names) =>
        OthersName.UseOf(BrandName.ReadIn(name, names), name, sender, names);

    private static AddressClaim AddressesOf(SenderEvidence sender, MailProfile profile)
    {
        var own = sender.Mailboxes.Count(mailbox => profile.Sends(mailbox.Domain));
        return own == 0 ? AddressClaim.None
            : own < sender.Mailboxes.Length ? AddressClaim.Some
            : sender.Author is null ? AddressClaim.Several
            : AddressClaim.TheAuthor;
    }

    /// <summary>
    /// "support@shop.example" in a name before another address, however the sign is written (＠, [at]), or an address of the web with
    /// nobody's words beside it (www.shop.example).
    /// </summary>
    private static bool ShowsAddress(string name, MailProfile profile)
    {
        var text = WrittenOut()
            .Replace(FoldedText.Of(name, ShownLengthMax).ToLowerInvariant().Replace('。', '.'), sign =>
                sign.Groups["dot"].Success ? "." : "@"
            );
        var words = text.Split(
            [' ', '<', '>', '(', ')', '[', ']', '"', '\'', ',', ';', '「', '」', '【', '】'],
            StringSplitOptions.RemoveEmptyEntries
        );
        return words.Any(word => word.LastIndexOf('@') is var at and >= 0 && profile.Sends(HostIn(word[(at + 1)..])))
            || words.Any(word =>
                profile.Sends(HostIn(word)) && words.All(other => other == word || Lettering.Of(other).Words.All(SenderWords.NameNobody))
            );
    }

    /// <summary>What stands between scheme and path.</summary>
    private static string HostIn(string address) =>
        (address.IndexOf("://", StringComparison.Ordinal) is var scheme and >= 0 ? address[(scheme + 3)..] : address)
            .Split('/', ':', '?')[0]
            .TrimEnd('.');

    private static bool IsMisleading(MailLink link, MailProfile profile) =>
        link.ShownHost is { } shown && profile.LinksTo(shown) && link.Host is { } host && !profile.LinksTo(host);

    private static bool IsNamedIn(string text, MailProfile profile) =>
        profile.Names.Any(name => text.Contains(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>What makes "Shop account" the merchant's matter; "Shop payment" and "Shop integration" may be anybody's.</summary>
    private static readonly ImmutableArray<string> accounts =
    [
        " account",
        " id",
        " membership",
        " card",
        " points",
        "アカウント",
        " アカウント",
        "のアカウント",
        "カード",
        "会員",
        "ポイント",
    ];

    [GeneratedRegex(@"^\s*([\[(【「『<]\s*(?<name>[^\])】」』>]+)[\])】」』>]|(?<name>[^:|\-–—]+?)\s*(:|\||\s[-–—]\s))")]
    private static partial Regex SubjectHead();

    [GeneratedRegex(@"[a-z]+://\S+|\S+@\S+|www\.\S+", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex WrittenAddresses();

    [GeneratedRegex(@"\s*[\[({<]\s*(at|(?<dot>dot))\s*[\])}>]\s*", RegexOptions.ExplicitCapture)]
    private static partial Regex WrittenOut();
}

internal enum AddressClaim
{
    None,

    /// <summary>Beside others'.</summary>
    Some,

    /// <summary>All of several.</summary>
    Several,
    TheAuthor,
}
