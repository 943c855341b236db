using System.Collections.Immutable;
using Shonin.Domain.Notices;

namespace Shonin.Domain.Help;

/// <summary>Where an answer leads: one of the customer's own pages.</summary>
public enum HelpPlace
{
    Order,
    ChangeCard,
    Cancel,
    Notices,
    Check,

    /// <summary>The carrier's page of a parcel.</summary>
    Carrier,
}

/// <summary>Something that the customer can do about it.</summary>
/// <param name="Name">As the button there is called.</param>
/// <param name="Address">Of a page that is not ours; null for ours.</param>
public sealed record HelpOffer(HelpPlace Place, Words Name, Uri? Address = null);

/// <summary>Whether a person is needed for what was asked.</summary>
public enum PersonNeed
{
    /// <summary>The answer and the pages it leads to are enough, as a rule.</summary>
    IfStillUnclear,

    /// <summary>No page of ours can do it.</summary>
    Needed,
}

/// <summary>The answer to one question about one order at one moment.</summary>
/// <param name="Says">Sentences, the one that answers first.</param>
/// <param name="Account">What became of each request to the card company, where the answer needs it.</param>
/// <param name="Offers">The easiest first.</param>
/// <param name="Articles">More to read, by the articles' names.</param>
public sealed record HelpAnswer(
    ImmutableArray<Words> Says,
    ImmutableArray<AccountLine> Account,
    ImmutableArray<HelpOffer> Offers,
    ImmutableArray<string> Articles,
    PersonNeed Person
);

/// <summary>The articles that answers name.</summary>
public static class HelpArticles
{
    public const string Approval = "card-approval";
    public const string Holds = "holds-and-charges";
    public const string AskingTheCardCompany = "asking-your-card-company";
    public const string RealMail = "real-mail";
    public const string Delivery = "delivery";
    public const string Cancelling = "cancelling";

    public static ImmutableArray<string> All { get; } = [Approval, RealMail, Holds, AskingTheCardCompany, Cancelling, Delivery];
}
