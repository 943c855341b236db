using System.Collections.Immutable;
using Shonin.Domain.Proofs;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailAuthentication.Dmarc;

namespace Shonin.MailChecks;

/// <summary>What was decided, and about whom.</summary>
/// <param name="Profile">The merchant whose mail it claims to be; null where it claims none of those asked about.</param>
public sealed record Judgement(MailVerdict Verdict, MailProfile? Profile, ImmutableArray<LookAlike> LookAlikes);

/// <summary>
/// Decides, in this order: a contradiction in the mail itself; our own record; the merchant's signature over all that is shown; and where
/// none of these settles it, that it cannot be told. Neither record nor signature speaks for what another program would show: a mail that
/// can be read as another one is never genuine. What happens to genuine mail on its way (forwarding, lists, saving, changed keys)
/// is never a contradiction.
/// </summary>
public static class MailJudge
{
    public static Judgement Judge(MailEvidence evidence, ImmutableArray<MailProfile> profiles)
    {
        var claim = profiles.Select(profile => MailClaim.Of(evidence, profile)).Where(claim => claim.IsMade).MaxBy(StrengthOf)
            ?? OfOurNotice(evidence, profiles);
        if (claim is null)
            return new(NothingClaimed(evidence, profiles), null, []);
        var own = OwnSignatures(evidence, claim);
        var verdict = Contradiction(evidence, claim, own)
            ?? UnlessReadOtherwise(OnRecord(evidence, claim, own) ?? Vouched(evidence, claim, own), evidence, claim, own)
            ?? Open(evidence, claim, own);
        return new(verdict, claim.Profile, [.. new[] { claim.Sender, claim.LinkLookAlike }.OfType<LookAlike>()]);
    }

    /// <summary>
    /// A mail that carries our mark, or an altered copy of our notice, speaks in our name whoever stands in From. The record is the first
    /// profile's.
    /// </summary>
    private static MailClaim? OfOurNotice(MailEvidence evidence, ImmutableArray<MailProfile> profiles) =>
        !profiles.IsEmpty
        && evidence.Ledger is LedgerFinding.Known or LedgerFinding.Forged or LedgerFinding.Copied { Notice.Links: ContentMatch.Differs }
        && MailClaim.Of(evidence, profiles[0]) is var claim
        && (evidence.Ledger is not LedgerFinding.Copied || claim.HasForeignLinks)
            ? claim
            : null;

    private static int StrengthOf(MailClaim claim) =>
        claim switch
        {
            { Addresses: AddressClaim.TheAuthor } => 6,
            { Addresses: not AddressClaim.None } => 5,
            { PosedAddress: not null } or { Name: NameUse.Taken or NameUse.Disguised } => 4,
            { Sender.Kind: Resemblance.Homoglyphs or Resemblance.Prefixed } or { Name: NameUse.Borrowed } => 3,
            { Name: not (NameUse.None or NameUse.BesideOwn) } or { Sender: not null } => 2,
            _ => 1,
        };

    /// <summary>
    /// Signatures of the merchant's own domains, under the same of them as the author's; first those that settle what is shown of the body.
    /// </summary>
    private static ImmutableArray<SignatureEvidence> OwnSignatures(MailEvidence evidence, MailClaim claim) =>
        evidence.Sender.Author is { } author
            ?
            [
                .. evidence
                    .Signatures.Where(signature =>
                        claim.Profile.Domains.Any(own =>
                            MailProfile.IsEqualOrBelow(signature.Domain, own) && MailProfile.IsEqualOrBelow(author.Domain, own)
                        )
                    )
                    .OrderBy(signature => signature.OpenShape is null ? 0 : 1),
            ]
            : [];

    /// <summary>What no genuine mail of this merchant can be.</summary>
    private static MailVerdict? Contradiction(MailEvidence evidence, MailClaim claim, ImmutableArray<SignatureEvidence> own)
    {
        if (evidence.Ledger is LedgerFinding.Forged forged && !own.Any(signature => Covers(signature, evidence, claim)))
            return VerdictWording.NotGenuine(claim, ReasonWording.Forged(forged));
        if (AlteredNotice(evidence, claim, own) is { } altered)
            return VerdictWording.NotGenuine(claim, ReasonWording.NoticeAltered(claim, altered));
        if (claim.Addresses == AddressClaim.Some)
            return VerdictWording.NotGenuine(claim, ReasonWording.SeveralSenders(claim));
        return claim.Addresses == AddressClaim.None ? OfStranger(evidence, claim) : OfOwnAddress(evidence, claim, own);
    }

    /// <summary>
    /// A notice of ours of which somebody made another mail: neither its text nor its links are those that we sent, and one leads
    /// elsewhere. A list leaves our links and adds its own; what other relays put in is no stranger's (<see cref="RelayLinks"/>).
    /// </summary>
    private static KnownNotice? AlteredNotice(MailEvidence evidence, MailClaim claim, ImmutableArray<SignatureEvidence> own)
    {
        var notice = evidence.Ledger switch
        {
            // The record holds addresses with their scheme; a browser follows //evil.example as well.
            LedgerFinding.Known { Notice: { Content: ContentMatch.Differs } known }
                when known.Links == ContentMatch.Differs
                    || claim.ForeignLinks.Any(link => !link.Href.Contains("://", StringComparison.Ordinal)) => known,

            // Whoever passes a text on may sign with links of his own, and leaves ours.
            LedgerFinding.Copied { Notice: { Links: ContentMatch.Differs } copied } => copied,
            _ => null,
        };
        var isListed = evidence.Traces.HasFlag(MailTraces.PassedOn) && claim.HasOwnLinks;
        return claim.HasForeignLinks && !isListed && !own.Any(signature => Covers(signature, evidence, claim)) ? notice : null;
    }

    /// <summary>A mail from an address that is not the merchant's.</summary>
    private static MailVerdict? OfStranger(MailEvidence evidence, MailClaim claim)
    {
        var name = claim.Name == NameUse.Through && !IsPassedOnHonestly(evidence) ? NameUse.Borrowed : claim.Name;
        if (name == NameUse.Through || evidence.Sender.Mailboxes.IsEmpty && MayHaveLostItsAddress(evidence, claim))
            return null;
        if (claim.PosedAddress is not null)
            return VerdictWording.NotGenuine(claim, ReasonWording.AddressPosed(claim));
        if (claim.Sender is { Kind: Resemblance.Homoglyphs or Resemblance.Prefixed })
            return VerdictWording.NotGenuine(claim, ReasonWording.SenderLookAlike(claim));

        if (name == NameUse.Disguised || claim.Subject == NameUse.Disguised)
            return VerdictWording.NotGenuine(claim, ReasonWording.NameDisguised(claim));

        // A person may be called like the merchant; then nothing else in the mail speaks of it, and it leads nowhere.
        if (name == NameUse.Taken && (claim.HasLinks || claim.Subject != NameUse.None || claim.IsNamedInText || claim.Presses))
            return VerdictWording.NotGenuine(claim, ReasonWording.NotMerchant(claim));

        // Words that name nobody else leave the name to the merchant alone: it neither leads to strangers nor writes from a public mailbox.
        if (
            name == NameUse.Borrowed
            && (claim.HasForeignLinks || claim.Presses || evidence.Sender.Author is { } author && PublicMailboxes.Contain(author.Domain))
        )
        {
            return VerdictWording.NotGenuine(claim, ReasonWording.NotMerchant(claim));
        }

        // Where the words beside the name do not tell who writes, the mail does: it talks of the reader's account, and not as somebody's
        // own.
        if (name == NameUse.Unclear && claim.HasForeignLinks && claim.TalksOfReadersAffairs && !claim.SignsWithWholeName)
            return VerdictWording.NotGenuine(claim, ReasonWording.NotMerchant(claim));

        // Whoever only speaks of the merchant does not ask for passwords in its name, nor shows its address over his own.
        if (evidence.Traces.HasFlag(MailTraces.ForwardedByHand))
            return null;
        if (
            name == NameUse.Mentioned
            && (claim.MisleadingLink is not null || claim.Presses && claim.TalksOfReadersAffairs && claim.HasForeignLinks)
        )
        {
            return VerdictWording.NotGenuine(claim, ReasonWording.NotMerchant(claim));
        }

        if (
            claim.Subject != NameUse.None
            && claim.IsNameless
            && (claim.Presses || claim.TalksOfReadersAffairs)
            && claim.HasForeignLinks
            && !claim.SpeaksForItsSender
        )
        {
            return VerdictWording.NotGenuine(claim, ReasonWording.SubjectPoses(claim));
        }

        var isNamed = claim.Subject != NameUse.None || claim.IsNamedInText;
        if (claim.Sender is not null && isNamed && claim.Presses)
            return VerdictWording.NotGenuine(claim, ReasonWording.SenderLookAlike(claim));
        if (claim.MisleadingLink is not null && claim.Presses)
            return VerdictWording.NotGenuine(claim, ReasonWording.LinkLeadsElsewhere(claim));
        return claim.LinkLookAlike is { Kind: Resemblance.Homoglyphs or Resemblance.Prefixed } && isNamed && claim.Presses
            ? VerdictWording.NotGenuine(claim, ReasonWording.LinkResembles(claim))
            : null;
    }

    /// <summary>
    /// Whether the sender's address may only have been lost: in text that was copied, or where a signature of the merchant stands.
    /// </summary>
    private static bool MayHaveLostItsAddress(MailEvidence evidence, MailClaim claim) =>
        evidence.Sender.FieldCount != 1
        || evidence.Traces.HasFlag(MailTraces.NotTheOriginal)
        || evidence.Signatures.Any(signature => claim.Profile.Sends(signature.Domain));

    /// <summary>Whether "via" is what a list wrote when it passed the mail on, or what a service wrote that signs its own mail.</summary>
    private static bool IsPassedOnHonestly(MailEvidence evidence) =>
        evidence.Traces.HasFlag(MailTraces.PassedOn) || evidence.Policy.Outcome == PolicyOutcome.Met;

    /// <summary>
    /// A mail under the merchant's own address. It contradicts itself only where the sender was held against the domain's policy by
    /// somebody who knows him, and where no signature of the merchant stands in it: a broken one may have been good.
    /// </summary>
    private static MailVerdict? OfOwnAddress(MailEvidence evidence, MailClaim claim, ImmutableArray<SignatureEvidence> own)
    {
        if (own.Any(signature => signature.State != SignatureState.Unusable) || claim.Addresses != AddressClaim.TheAuthor)
            return null;
        var isPassedOn = evidence.Traces.HasFlag(MailTraces.PassedOn);
        var policy = evidence.Policy;
        var isRefused =
            policy is { Outcome: PolicyOutcome.NotMet, Session: SessionKnowledge.Known, Request: not DmarcPolicy.None }
            || evidence.Provider is { Policy: PolicyOutcome.NotMet } provider
                && IsAuthors(provider.PolicyDomain, evidence)
                && (policy.Request != DmarcPolicy.None || provider.Request != DmarcPolicy.None);
        if (isRefused && !isPassedOn)
            return VerdictWording.NotGenuine(claim, ReasonWording.PolicyRefuses(claim, evidence));

        if (claim.MisleadingLink is not null && claim.Presses)
            return VerdictWording.NotGenuine(claim, ReasonWording.LinkLeadsElsewhere(claim));
        return claim.LinkLookAlike is { Kind: Resemblance.Homoglyphs or Resemblance.Prefixed } && claim.Presses
            ? VerdictWording.NotGenuine(claim, ReasonWording.LinkResembles(claim))
            : null;
    }

    private static bool IsAuthors(string domain, MailEvidence evidence) =>
        domain.Length == 0
        || evidence.Sender.Author is { } author
            && (MailProfile.IsEqualOrBelow(author.Domain, domain) || MailProfile.IsEqualOrBelow(domain, author.Domain));

    /// <summary>Our own record together with a signature of ours: the mail is a notice that we sent.</summary>
    private static MailVerdict? OnRecord(MailEvidence evidence, MailClaim claim, ImmutableArray<SignatureEvidence> own)
    {
        // A record that was put back from an older copy knows less than was sent: under our own signature that is no forgery, and no proof.
        if (evidence.Ledger is LedgerFinding.Forged unknown)
            return VerdictWording.CannotTell(claim, ReasonWording.NotOnRecord(unknown), evidence);
        if (evidence.Ledger is not LedgerFinding.Known(var notice) || Covering(evidence, claim, own) is not { } signature)
            return null;
        if (notice.Content == ContentMatch.Differs)
            return VerdictWording.CannotTell(claim, ReasonWording.ContentDiffers(notice), evidence);
        return notice.Recipient == RecipientMatch.Differs
            ? VerdictWording.SentToAnother(claim, notice)
            : VerdictWording.Proved(claim, notice, signature);
    }

    /// <summary>The merchant's signature over all that is shown, held by us or by a provider that the reader trusts.</summary>
    private static MailVerdict? Vouched(MailEvidence evidence, MailClaim claim, ImmutableArray<SignatureEvidence> own)
    {
        if (claim.Addresses != AddressClaim.TheAuthor || PublicMailboxes.Contain(evidence.Sender.Author!.Domain))
            return null;
        return Covering(evidence, claim, own) is { } signature ? VerdictWording.Signed(claim, signature, evidence)
            : VouchedFor(evidence, claim, own) is { } vouched ? VerdictWording.VouchedFor(claim, evidence.Provider!, vouched, evidence)
            : null;
    }

    private static SignatureEvidence? Covering(MailEvidence evidence, MailClaim claim, ImmutableArray<SignatureEvidence> own) =>
        own.FirstOrDefault(signature => Covers(signature, evidence, claim));

    /// <summary>
    /// The signature whose key is out of reach now, but was not for the provider; the body is still the signed one. Of two signatures of
    /// one domain the provider may have meant the other, which can cover less.
    /// </summary>
    private static SignatureEvidence? VouchedFor(MailEvidence evidence, MailClaim claim, ImmutableArray<SignatureEvidence> own) =>
        evidence.Provider is { Policy: PolicyOutcome.Met } provider
            ? own.FirstOrDefault(signature =>
                signature is { State: SignatureState.KeyGone or SignatureState.KeyNotReached, Body: HashCheck.Matches }
                && provider.SignedBy.Contains(signature.Domain)
                && own.Count(other => other.Domain == signature.Domain) == 1
                && LeavesNothingOpen(signature, evidence, claim)
            )
            : null;

    /// <summary>
    /// Takes "genuine" away from a mail that another program may show as something else: what it shows there, nobody signed.
    /// </summary>
    private static MailVerdict? UnlessReadOtherwise(
        MailVerdict? settled,
        MailEvidence evidence,
        MailClaim claim,
        ImmutableArray<SignatureEvidence> own
    ) =>
        settled is { Word: VerdictWord.Genuine }
        && (evidence.Oddities is [var first, ..] ? first : (Covering(evidence, claim, own) ?? VouchedFor(evidence, claim, own))?.OpenShape)
            is { } oddity
            ? VerdictWording.CannotTell(claim, ReasonWording.ReadOtherwise(oddity), evidence)
            : settled;

    /// <summary>
    /// The end of a signature's time keeps others from sending it again for ever; when and to whom our own notice went, our record knows.
    /// </summary>
    private static bool Covers(SignatureEvidence signature, MailEvidence evidence, MailClaim claim) =>
        (signature.State == SignatureState.Holds || signature.State == SignatureState.Expired && evidence.Ledger is LedgerFinding.Known)
        && LeavesNothingOpen(signature, evidence, claim);

    /// <summary>
    /// Whether the author's domain takes that signature for its own: some domains lend a name below theirs to others, and say that it is
    /// not them.
    /// </summary>
    private static bool IsAuthors(SignatureEvidence signature, MailEvidence evidence) =>
        evidence.Policy.Signers switch
        {
            DmarcAlignment.Relaxed => true,
            DmarcAlignment.Strict => signature.Domain == evidence.Sender.Author?.Domain,
        };

    /// <summary>
    /// Whether nobody could have added or changed what a reader sees: the sender, the subject, the date and the recipients are signed, no
    /// shown field stands there twice, and answers go to the merchant. What the body is, <see cref="SignatureEvidence.OpenShape"/> says.
    /// </summary>
    private static bool LeavesNothingOpen(SignatureEvidence signature, MailEvidence evidence, MailClaim claim) =>
        IsAuthors(signature, evidence)
        && signature.Uncovered.All(field =>
            field.Count == 1
            && field.Name switch
            {
                "from" or "subject" or "date" or "to" or "cc" or "content-base" or "content-location" or "content-id" => false,
                "reply-to" => evidence.Sender.ReplyDomains.All(claim.Profile.Sends),
                "sender" => evidence.Sender.SubmitterDomains.All(claim.Profile.Sends),
                _ => true,
            }
        );

    /// <summary>Nothing settles it. What would, depends on why.</summary>
    private static MailVerdict Open(MailEvidence evidence, MailClaim claim, ImmutableArray<SignatureEvidence> own)
    {
        if (evidence.Ledger is LedgerFinding.Known(var notice))
        {
            return VerdictWording.CannotTell(
                claim,
                notice.Content == ContentMatch.Differs ? ReasonWording.ContentDiffers(notice)
                    : claim.Addresses == AddressClaim.None ? ReasonWording.ContentUnderAnother(claim, notice)
                    : ReasonWording.ContentOnRecord(notice),
                evidence
            );
        }

        if (claim.Addresses == AddressClaim.TheAuthor)
            return VerdictWording.CannotTell(claim, WhyOwnIsOpen(evidence, claim, own), evidence);
        if (claim.Addresses == AddressClaim.Several || evidence.Sender.Mailboxes.IsEmpty)
            return VerdictWording.CannotTell(claim, ReasonWording.SenderUnreadable(evidence), evidence);
        return VerdictWording.CannotTell(claim, ReasonWording.Mentioned(claim), evidence);
    }

    private static VerdictReason WhyOwnIsOpen(MailEvidence evidence, MailClaim claim, ImmutableArray<SignatureEvidence> own)
    {
        if (PublicMailboxes.Contain(evidence.Sender.Author!.Domain))
            return ReasonWording.AnybodysAddress(evidence.Sender.Author);
        if (own.IsEmpty)
            return evidence.Traces.HasFlag(MailTraces.NotTheOriginal) ? ReasonWording.NotTheOriginal() : ReasonWording.NotSigned(claim);
        if (own.All(signature => !IsAuthors(signature, evidence)))
            return ReasonWording.SignedByNeighbour(own[0], evidence.Sender.Author);
        if (own.FirstOrDefault(signature => signature.State is SignatureState.Holds or SignatureState.BodyOpen) is { } open)
            return ReasonWording.NotCovering(open);
        if (
            own.FirstOrDefault(signature =>
                signature.State is SignatureState.KeyGone or SignatureState.KeyNotReached or SignatureState.KeyRevoked
            ) is
            { } keyless
        )
        {
            return ReasonWording.KeyGone(keyless);
        }

        return own.FirstOrDefault(signature => signature.State == SignatureState.Broken) is { } broken
            ? ReasonWording.Broken(broken)
            : ReasonWording.Unusable(own[0]);
    }

    private static MailVerdict NothingClaimed(MailEvidence evidence, ImmutableArray<MailProfile> profiles) =>
        VerdictWording.Unclaimed(
            evidence.Sender.FieldCount == 0 ? ReasonWording.NotTheOriginal() : ReasonWording.NoClaim(evidence, profiles)
        );
}
