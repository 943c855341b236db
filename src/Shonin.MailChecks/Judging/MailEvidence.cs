using System.Collections.Immutable;
using Shonin.Domain.Notices;
using Shonin.Domain.Proofs;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailAuthentication.Dmarc;

namespace Shonin.MailChecks;

/// <summary>
/// Everything that the verdict weighs, gathered by the shell: what the mail says, what was proved of it, how it came to us.
/// </summary>
public sealed record MailEvidence
{
    public required SenderEvidence Sender { get; init; }

    public required MailContent Content { get; init; }

    /// <summary>Every DKIM signature, from the top.</summary>
    public required ImmutableArray<SignatureEvidence> Signatures { get; init; }

    public required PolicyEvidence Policy { get; init; }

    /// <summary>What a mail provider found that the reader trusts; null where there is none.</summary>
    public ProviderEvidence? Provider { get; init; }

    public required LedgerFinding Ledger { get; init; }

    public required MailTraces Traces { get; init; }

    /// <summary>Where another program may show another mail than the one that was signed; empty for a mail that all read alike.</summary>
    public required ImmutableArray<ReadingOddity> Oddities { get; init; }

    /// <summary>The zone in which the answer names times.</summary>
    public required SpokenTime Time { get; init; }
}

/// <summary>Who the mail says it is from.</summary>
/// <param name="FieldCount">From fields; one is allowed.</param>
/// <param name="Asides">Texts in From that belong to no address: comments, names of groups, names without an address.</param>
/// <param name="ReplyDomains">The domains in Reply-To, in lower case and A-labels; an empty one where programs may read another address
///   there than we do.</param>
public sealed record SenderEvidence(
    int FieldCount,
    ImmutableArray<SenderMailbox> Mailboxes,
    ImmutableArray<string> Asides,
    ImmutableArray<string> ReplyDomains
)
{
    /// <summary>
    /// The domains in Sender, whom some programs show as the one who sent it for the author; as in <see cref="ReplyDomains"/>.
    /// </summary>
    public ImmutableArray<string> SubmitterDomains { get; init; } = [];

    /// <summary>The one author, where there is exactly one.</summary>
    public SenderMailbox? Author => FieldCount == 1 && Mailboxes is [var only] ? only : null;

    /// <summary>All that a mail program may show as the sender's name.</summary>
    public IEnumerable<string> ShownNames => Mailboxes.Select(mailbox => mailbox.Name).Concat(Asides).Where(name => name.Length > 0);
}

/// <param name="Name">Decoded, as a mail program shows it.</param>
/// <param name="Domain">In lower case and A-labels.</param>
public sealed record SenderMailbox(string Name, string LocalPart, string Domain);

/// <summary>One DKIM signature.</summary>
/// <param name="Domain">d=, in lower case and A-labels; empty where it cannot be read.</param>
/// <param name="Uncovered">Fields that a mail program shows or obeys and that this signature leaves open.</param>
/// <param name="Why">What the check said, for the details.</param>
public sealed record SignatureEvidence(
    string Domain,
    SignatureState State,
    HashCheck Body,
    ImmutableArray<UncoveredField> Uncovered,
    string Why
)
{
    /// <summary>
    /// Which of the fields that say what the body is it leaves open, so that the signed body could be shown as another one; null where it
    /// cannot be.
    /// </summary>
    public ReadingOddity? OpenShape { get; init; }
}

public enum SignatureState
{
    Holds,

    /// <summary>The message is not the signed one any more: altered, or only forwarded or saved in another form.</summary>
    Broken,

    /// <summary>The domain publishes no such key any more: rotated keys look like this.</summary>
    KeyGone,

    /// <summary>
    /// The domain took the key back (RFC 6376 section 3.6.1). Whoever has it may sign, so nobody else's word for the signature counts.
    /// </summary>
    KeyRevoked,

    /// <summary>DNS did not answer.</summary>
    KeyNotReached,

    /// <summary>It leaves a part of the body open.</summary>
    BodyOpen,

    /// <summary>Right, but the mail was received after the signature's time was over, or nobody trusted says when.</summary>
    Expired,

    /// <summary>Malformed, too weak, or published for tests: it counts for nothing.</summary>
    Unusable,
}

/// <param name="Count">How often the field stands in the message; more than once, programs differ in which they show.</param>
public sealed record UncoveredField(string Name, int Count);

/// <summary>What the domain in From asks of its receivers, and whether the mail meets it (DMARC).</summary>
/// <param name="Session">Whether the SMTP session is known, so that its sender could be held against the domain's list.</param>
public sealed record PolicyEvidence(PolicyOutcome Outcome, DmarcPolicy Request, SessionKnowledge Session, string Why)
{
    /// <summary>
    /// Whose signatures the domain in From takes for its own (adkim=): those of every domain of the same owner, unless it asks for its very
    /// own.
    /// </summary>
    public DmarcAlignment Signers { get; init; } = DmarcAlignment.Relaxed;
}

public enum PolicyOutcome
{
    Met,
    NotMet,
    NoPolicy,
    CouldNotAsk,
}

public enum SessionKnowledge
{
    Unknown,
    Known,
}

/// <summary>A trusted provider's own findings.</summary>
/// <param name="SignedBy">Domains whose signature passed there.</param>
/// <param name="Policy">What it found of the policy of <paramref name="PolicyDomain"/>.</param>
/// <param name="Request">What that policy asks for, as far as the provider says.</param>
public sealed record ProviderEvidence(
    string Host,
    ImmutableArray<string> SignedBy,
    PolicyOutcome Policy,
    string PolicyDomain,
    DmarcPolicy Request
);

/// <summary>What became of the mail on its way to us, as far as it shows.</summary>
[Flags]
public enum MailTraces
{
    None = 0,

    /// <summary>A list or another server passed it on.</summary>
    PassedOn = 1,

    /// <summary>It lacks what every mail gets on its way: pasted, or saved without its header.</summary>
    NotTheOriginal = 2,

    /// <summary>A person passes it on: its subject says so.</summary>
    ForwardedByHand = 4,
}

/// <summary>
/// A place where mail programs differ in what they read, so that some may show another author, subject, date or text than was signed.
/// </summary>
/// <param name="Where">The line or the field, for whoever knows the standards; a stranger's text.</param>
public sealed record ReadingOddity(ReadingOddityKind Kind, string Where);

public enum ReadingOddityKind
{
    /// <summary>A line of the header that is no field, or none in order: some programs begin the text there.</summary>
    HeaderLine,

    /// <summary>A control character, or a line end that is one for some programs only.</summary>
    HiddenSign,

    /// <summary>A field that is allowed once stands there again.</summary>
    FieldTwice,

    /// <summary>Another reader finds other senders.</summary>
    Sender,

    /// <summary>What the body is, where its parts begin and end, or how they are written, can be read in two ways.</summary>
    Parts,
}
