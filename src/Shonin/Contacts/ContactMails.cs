using System.Security.Cryptography;
using System.Text;
using Shonin.Domain;
using Shonin.Domain.Contacts;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.EventLog;
using Shonin.MailAuthentication;
using Shonin.MailAuthentication.Message;
using Shonin.MailChecks;
using Shonin.Merchant.Contacts;
using Shonin.Merchant.Orders;
using Shonin.Notices;
using Shonin.Web;

namespace Shonin.Contacts;

/// <summary>The order, or null.</summary>
internal delegate ValueTask<OrderRecord?> FindOrder(OrderId order, CancellationToken cancellation);

/// <summary>
/// Mail as a way in: an answer to a mail of ours becomes a message of its contact, and a mail to the help address one without an order. What
/// binds it is the keyed address that it was sent to. Whoever wrote it is told nothing here: answers are letters of the contact, which go to
/// the order's own address.
/// </summary>
internal sealed class ContactMails(ReplyAddress address, ContactBook contacts, FindOrder findOrder, ContactOffer offer)
{
    /// <summary>Older mails prove nothing: one that was signed once can be sent again by anybody.</summary>
    private static readonly TimeSpan mailAgeMax = TimeSpan.FromDays(7);

    /// <summary>For so long a mail waits for DNS; then it is taken without a proof, rather than not at all.</summary>
    private static readonly TimeSpan proofWithin = TimeSpan.FromMinutes(30);

    private const int MessageIdLengthMax = 250;
    private const int NameLengthMax = 100;
    private const int NameSizeBytes = 16; // 128 bits of a hash: no two mails share a name

    private static readonly Words cutShort = new("…(以下は省きました)", "… (the rest was left out)");
    private const string NameCut = "…";
    private static readonly Words noWords = new("(本文がありません)", "(there are no words)");

    public required MailAuthenticator Authenticator { get; init; }

    /// <summary>Addresses beside the help address that our own mail comes from, or that we read.</summary>
    public required IReadOnlyList<string> OwnAddresses { get; init; }
    public required ContactLimiter Limiter { get; init; }
    public required TimeProvider Clock { get; init; }
    public required ILogger Log { get; init; }

    private SenderRules Rules => new(address.Text, OwnAddresses, mailAgeMax) { IsAlsoUs = address.Is };

    /// <summary>Null where the mail was sent elsewhere.</summary>
    /// <exception cref="LogUnusableException">The log cannot be read or written now; nothing was done.</exception>
    public async ValueTask<Handling?> TryHandleAsync(MailPlace place, ReadOnlyMemory<byte> raw, CancellationToken cancellation)
    {
        var report = BounceReport.Read(raw);
        var sentTo = address.Read(report.DeliveredTo);
        if (sentTo is ReplyAddressReading.NotOurs)
            return null;
        if (report.Kind != BounceKind.None)
            return Leave(place, "it reports about another mail");
        if (MailMessage.Parse(raw) is not MessageParse.Parsed(var message))
            return Leave(place, "it breaks a limit");
        var now = Clock.GetUtcNow();
        var findings = await Authenticator.CheckAsync(message, now, null, cancellation);
        var author = SenderRules.AuthorOf(findings);
        switch (Rules.Decide(message, findings, now))
        {
            case Correspondence.Answered:
                return await TakeAsync(new(place, raw, message, author, SenderProof.Proved), sentTo, cancellation);
            case Correspondence.Undecided when now - SenderRules.DateOf(message) is { } age && age >= TimeSpan.Zero && age < proofWithin:
                return Handling.PutOff;
            case Correspondence.Undecided:
                return await TakeAsync(new(place, raw, message, author, SenderProof.Unproved), sentTo, cancellation);
            case Correspondence.Unanswered(var why):
                return WhyNobodyWroteIt(why) is { } silence
                    ? Leave(place, silence)
                    : await TakeAsync(new(place, raw, message, author, SenderProof.Unproved), sentTo, cancellation);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <param name="Author">The address in From; null where there is not exactly one.</param>
    /// <param name="Proof">Whether its domain vouches for it; whether it is the order's is another question.</param>
    private sealed record Arrived(MailPlace Place, ReadOnlyMemory<byte> Raw, MailMessage Message, string? Author, SenderProof Proof)
    {
        public string? MessageId =>
            Message.First("Message-ID"u8)?.ValueText().Trim() is { Length: > 0 and <= MessageIdLengthMax } id ? id : null;

        /// <summary>
        /// Who wrote it, and its Message-ID or else its bytes: the same mail that is read twice is one message, and nobody uses up the
        /// Message-ID of somebody else.
        /// </summary>
        public string Name => Digest($"{Author?.ToLowerInvariant()}\n{MessageId ?? Convert.ToHexString(SHA256.HashData(Raw.Span))}");

        private static string Digest(string named) =>
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(named)).AsSpan(0, NameSizeBytes));
    }

    /// <summary>What a machine sends, or we ourselves, is nobody's question, and an answer to it might never end; null for the rest.</summary>
    private static string? WhyNobodyWroteIt(WhyUnanswered why) =>
        why switch
        {
            WhyUnanswered.NullReturnPath
            or WhyUnanswered.Automatic
            or WhyUnanswered.Bulk
            or WhyUnanswered.List
            or WhyUnanswered.Machine
            or WhyUnanswered.Ourselves => why.ToString(),
            WhyUnanswered.SenderUnclear or WhyUnanswered.SenderNotProved or WhyUnanswered.NotToUs or WhyUnanswered.NotOfThisTime => null,
        };

    private async ValueTask<Handling> TakeAsync(Arrived mail, ReplyAddressReading sentTo, CancellationToken cancellation)
    {
        var allowance = Limiter.MayMail(mail.Proof, mail.Author ?? "");
        if (allowance == MailAllowance.TooMany)
            return Handling.PutOff;
        if (allowance == MailAllowance.SenderTooOften)
            return Leave(mail.Place, "its sender has written too often");
        var written = WrittenWords.Of(mail.Raw);
        var result = sentTo is ReplyAddressReading.Ours(var contact) ? await JoinAsync(contact, mail, written, cancellation) : null;
        result ??= await BeginAsync(mail, written);
        switch (result)
        {
            case ContactResult.Done(var record):
                if (mail.Author is { } author && record.Facts[^1] is ContactFact.Acknowledged)
                    Limiter.NoteAcknowledged(author);
                return Handling.Taken;
            case ContactResult.Refused(var why):
                return Leave(mail.Place, why.ToString());
            case ContactResult.NotNow(var why):
                throw new LogUnusableException(why);
            case null:
                return Leave(mail.Place, "nobody can be told an answer");
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>Null where the contact is gone: what is written to it is somebody's question all the same.</summary>
    private async ValueTask<ContactResult?> JoinAsync(ContactId contact, Arrived mail, WrittenWords written, CancellationToken cancellation)
    {
        if (contact.Order is { } about)
        {
            return await findOrder(about, cancellation) is { Person: { } person, Order: var order }
                ? await JoinAsync(order, ProofOf(mail, person.Email), mail, written)
                : null;
        }
        if (await contacts.FindAsync(contact) is not { } record || await contacts.PersonOfAsync(contact, cancellation) is not { } asker)
            return null;
        var proof = ProofOf(mail, asker.Email);
        var opening = OpeningOf(mail, proof) with { Reach = proof == SenderProof.Proved ? ContactReach.PageAndMail : null };
        return await contacts.AskAgainAsync(
            record,
            record.State.Locale,
            opening,
            MessageOf(mail, proof, written.Text, written, record.State.Locale)
        );
    }

    private ValueTask<ContactResult> JoinAsync(Order order, SenderProof proof, Arrived mail, WrittenWords written) =>
        contacts.AskAsync(order, order.Locale, OpeningOf(mail, proof), MessageOf(mail, proof, written.Text, written, order.Locale));

    /// <summary>Null where there is no address that an answer could go to.</summary>
    private async ValueTask<ContactResult?> BeginAsync(Arrived mail, WrittenWords written)
    {
        if (mail.Author is not { } author)
            return null;
        var text = written.Subject.Length == 0 ? written.Text : $"{written.Subject}\n\n{written.Text}";
        var locale = ForwardedMail.LanguageOf(text);
        var opening = OpeningOf(mail, mail.Proof) with
        {
            Reach = mail.Proof == SenderProof.Proved ? ContactReach.PageAndMail : ContactReach.PageAndAnswers,
        };
        return await contacts.AskByMailAsync(
            ContactId.WithoutAnOrder(mail.Name),
            locale,
            opening,
            new(Shortened(written.Name, NameLengthMax, NameCut), author),
            MessageOf(mail, mail.Proof, text, written, locale)
        );
    }

    private ContactOpening OpeningOf(Arrived mail, SenderProof proof) =>
        new(ContactWay.Mail, null, offer.PromiseFrom(Clock.GetUtcNow()))
        {
            Acknowledgement =
                proof == SenderProof.Proved && Limiter.MayAcknowledge(mail.Author!) ? Acknowledgement.Letter : Acknowledgement.None,
        };

    private static TypedMessage MessageOf(Arrived mail, SenderProof proof, string text, WrittenWords written, Locale locale) =>
        new(
            $"mail-{mail.Name}",
            MessageKind.Text,
            TypedText.Read(Shortened(text, ContactLimits.TextLengthMax, cutShort.In(locale))) ?? noWords.In(locale)
        )
        {
            Mail = new(new(proof, written.FileCount), mail.MessageId),
        };

    /// <summary>Card numbers are hidden first: what is left of one that is cut in two would not be known as one.</summary>
    private static string Shortened(string text, int lengthMax, string mark)
    {
        var hidden = CardNumbersInText.Hide(text);
        if (hidden.Length <= lengthMax)
            return hidden;
        var length = lengthMax - mark.Length;
        return hidden[..(char.IsHighSurrogate(hidden[length - 1]) ? length - 1 : length)] + mark;
    }

    private static SenderProof ProofOf(Arrived mail, string? own) =>
        mail.Proof == SenderProof.Proved && IsSame(mail.Author, own) ? SenderProof.Proved : SenderProof.Unproved;

    private static bool IsSame(string? author, string? own) =>
        author is not null
        && own is not null
        && MailAddress.Read(author) is { } one
        && MailAddress.Read(own) is { } other
        && one.Text.Equals(other.Text, StringComparison.OrdinalIgnoreCase);

    private Handling Leave(MailPlace place, string why)
    {
        Log.LogInformation("Help mailbox: mail {Uid} becomes no message: {Why}", place.Uid, why);
        return Handling.Unanswered;
    }
}

/// <summary>What was sent to the help address goes to contacts; the rest is another's.</summary>
internal sealed class ContactMailsFirst(ContactMails contacts, IMailboxWork others) : IMailboxWork
{
    public ValueTask<bool> IsSettledAsync(MailPlace place, CancellationToken cancellation) => others.IsSettledAsync(place, cancellation);

    public ValueTask SettleAsync(MailPlace place) => others.SettleAsync(place);

    public async ValueTask<Handling> HandleAsync(MailPlace place, ReadOnlyMemory<byte> raw, CancellationToken cancellation)
    {
        if (await contacts.TryHandleAsync(place, raw, cancellation) is not { } handling)
            return await others.HandleAsync(place, raw, cancellation);
        if (handling != Handling.PutOff)
            await others.SettleAsync(place);
        return handling;
    }
}
