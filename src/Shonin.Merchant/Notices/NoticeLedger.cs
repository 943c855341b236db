using System.Runtime.CompilerServices;
using System.Text;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Domain.Proofs;
using Shonin.EventLog;
using Shonin.Merchant.Orders;

namespace Shonin.Merchant.Notices;

/// <summary>
/// Holds a mail against our record of notices. It works on a running server's log as on a data folder that is read beside it, and tells
/// whoever asks no more than a <see cref="LedgerFinding"/> holds: no address, no text, nothing of other notices.
/// </summary>
/// <param name="keys">Every key that ever marked.</param>
public sealed class NoticeLedger(IEventReader log, NoticeMarkKeys keys)
{
    private const int ShownLengthMax = 100;

    /// <summary>
    /// Whether a notice was marked: then its key must be there. Earlier versions kept what is on record of a notice beside its own key.
    /// </summary>
    /// <exception cref="LogUnusableException">The log cannot be read.</exception>
    public static async ValueTask<bool> HasMarkedAsync(IEventReader log, CancellationToken cancellation) =>
        await log.GreatestKeyAsync(OrderKeys.NoticeWordsScope, cancellation) is not null
        || (
            await log.GreatestKeyAsync(OrderKeys.NoticeScope, cancellation) is { } last
            && await log.FindKeyAsync(OrderKeys.NoticeScope, last, cancellation) is { } holder
            && RecordedNotice.Read(holder.Content) is not null
        );

    /// <param name="marks">The values of the mail's <see cref="NoticeMark.FieldName"/> fields, from the top.</param>
    /// <param name="content">What the mail shows.</param>
    /// <param name="recipient">The address of whoever asks, or null. What the mail's own To says counts for nothing: anybody can write
    ///   it.</param>
    /// <exception cref="LogUnusableException">The log cannot be read.</exception>
    public async ValueTask<LedgerFinding> FindAsync(
        IReadOnlyList<string> marks,
        MailContent content,
        string? recipient,
        CancellationToken cancellation
    )
    {
        if (marks.Count == 0)
            return await FindCopyAsync(content, cancellation);
        if (NoticeMark.Parse(marks[0]) is not NoticeMarkParse.Parsed(var mark))
            return new LedgerFinding.Unknown(Shown(marks[0]));
        if (marks.Skip(1).Any(other => NoticeMark.Parse(other) is not NoticeMarkParse.Parsed(var second) || second != mark))
            return new LedgerFinding.Forged(mark.NoticeId, "The mail carries several marks, and we write one.");
        if (keys.Find(mark.KeyId) is not { } key)
            return new LedgerFinding.Unknown(mark.NoticeId);
        if (await FindMarkedAsync(mark, key, cancellation) is not var (holder, record))
            return new LedgerFinding.Forged(mark.NoticeId, "The code of the mark is not one that we made for a notice of this name.");
        var imprint = record.ImprintOf(mark.NoticeId);
        return new LedgerFinding.Known(
            await NoticeAsync(mark.NoticeId, holder, cancellation) with
            {
                Recipient =
                    recipient is null ? RecipientMatch.NotAsked
                    : key.RecipientOf(mark.NoticeId, recipient).IsSameAs(imprint.Recipient) ? RecipientMatch.Matches
                    : RecipientMatch.Differs,
                Content = Match(imprint.Content, ContentDigest.Of(content.Subject, content.PlainText, content.Html)),
                Links = Match(imprint.Links, ContentDigest.OfLinks(content.PlainText, content.Html)),
            }
        );
    }

    /// <summary>
    /// A mail that holds most of a notice's text with its number. Who has no more than the number learns nothing, and there is nothing to
    /// be held against once the customer is erased.
    /// </summary>
    private async ValueTask<LedgerFinding> FindCopyAsync(MailContent content, CancellationToken cancellation)
    {
        var shown = $"{content.Subject}\n{content.PlainText}\n{content.VisibleText}";
        foreach (var number in NoticeNumbers.In(shown))
        {
            if (
                await FindByNumberAsync(number, cancellation) is not var (noticeId, holder)
                || await log.ReadDocumentAsync(NoticeMail.DocumentIdOf(noticeId), cancellation) is not { } document
                || NoticeMail.Parse(document) is not { } mail
                || !CopiedText.HoldsMostOf(mail.Text, shown)
            )
            {
                continue;
            }

            var areLinksKept = ContentDigest
                .LinksIn(mail.Text, mail.Html)
                .IsSubsetOf(ContentDigest.LinksIn(content.PlainText, content.Html));
            return new LedgerFinding.Copied(
                await NoticeAsync(noticeId, holder, cancellation) with
                {
                    Links = areLinksKept ? ContentMatch.Same : ContentMatch.Differs,
                }
            );
        }

        return new LedgerFinding.NoMark();
    }

    /// <summary>As it is on record; whether a mail is that notice is for the caller to say.</summary>
    private async ValueTask<KnownNotice> NoticeAsync(string noticeId, StreamId holder, CancellationToken cancellation)
    {
        var order = await ReadOrderAsync(holder, cancellation);
        var notice = order.Notices.Single(one => one.Notice.Id == noticeId);
        return new(
            noticeId,
            order.Number,
            notice.Notice.Kind,
            notice.Notice.Class,
            notice.QueuedAt,
            notice.SentAt,
            await MaskedRecipientAsync(noticeId, cancellation),
            RecipientMatch.NotAsked,
            ContentMatch.Differs,
            ContentMatch.Differs
        )
        {
            Reference = notice.Notice.Reference,
        };
    }

    /// <summary>
    /// A notice by its number, for somebody who quotes it and whose address is proved. Null where there is none, and likewise where it
    /// went to somebody else.
    /// </summary>
    /// <param name="number">Its reference however it is typed or, for a notice that has none, its id.</param>
    /// <exception cref="LogUnusableException">The log cannot be read.</exception>
    public async ValueTask<QuotedNotice?> FindSentToAsync(string number, string recipient, CancellationToken cancellation)
    {
        if (
            await FindByNumberAsync(number, cancellation) is not var (noticeId, holder)
            || await FindRecordAsync(noticeId, cancellation) is not var (_, record)
            || keys.Find(record.Key) is not { } key
            || !key.RecipientOf(noticeId, recipient).IsSameAs(record.ImprintOf(noticeId).Recipient)
        )
        {
            return null;
        }

        var notice = (await ReadOrderAsync(holder, cancellation)).Notices.Single(one => one.Notice.Id == noticeId);
        return new(notice.Notice.NumberToQuote(), notice.SentAt ?? notice.QueuedAt);
    }

    /// <summary>An id can be guessed, so it leads somewhere only where the notice never had another number.</summary>
    private async ValueTask<(string NoticeId, StreamId Stream)?> FindByNumberAsync(string number, CancellationToken cancellation)
    {
        var reference = (NoticeReference.Read(number) as NoticeReferenceReading.Read)?.Reference;
        var noticeId = number;
        if (reference is { } quoted)
        {
            if (await log.FindKeyAsync(OrderKeys.NoticeReferenceScope, quoted.Digits, cancellation) is not { } named)
                return null;
            noticeId = Encoding.UTF8.GetString(named.Content.Span);
        }
        if (await FindRecordAsync(noticeId, cancellation) is not var (holder, _))
            return null;
        var notice = (await ReadOrderAsync(holder, cancellation)).Notices.Single(one => one.Notice.Id == noticeId);
        return notice.Notice.Reference == reference ? (noticeId, holder) : null;
    }

    /// <summary>The words that this mark was made for: the notice's first, or those that took their place while its mail waited.</summary>
    private async ValueTask<(StreamId Stream, RecordedNotice Record)?> FindMarkedAsync(
        NoticeMark mark,
        NoticeMarkKey key,
        CancellationToken cancellation
    )
    {
        await foreach (var (holder, record) in RecordsOfAsync(mark.NoticeId, cancellation))
        {
            if (record.Key == key.Id && key.Mark(record.ImprintOf(mark.NoticeId)).Code.IsSameAs(mark.Code))
                return (holder, record);
        }

        return null;
    }

    private async ValueTask<(StreamId Stream, RecordedNotice Record)?> FindRecordAsync(string noticeId, CancellationToken cancellation)
    {
        await foreach (var found in RecordsOfAsync(noticeId, cancellation))
            return found;
        return null;
    }

    /// <summary>
    /// What is on record of a notice, the first words first. Words that were never written, because the notice was written again before,
    /// are left out.
    /// </summary>
    private async IAsyncEnumerable<(StreamId Stream, RecordedNotice Record)> RecordsOfAsync(
        string noticeId,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        if (await log.FindKeyAsync(OrderKeys.NoticeScope, noticeId, cancellation) is not { } holder)
            yield break;
        if (RecordedNotice.Read(holder.Content) is { } first) // as earlier versions kept it
            yield return (holder.Stream, first);
        for (var (ordinal, last) = (0, (int?)null); last is null || ordinal <= last; ordinal++)
        {
            if (
                await log.FindKeyAsync(OrderKeys.NoticeWordsScope, OrderKeys.WordsValue(noticeId, ordinal), cancellation) is { } words
                && RecordedNotice.Read(words.Content) is { } record
            )
            {
                yield return (holder.Stream, record);
            }
            else
            {
                last ??= (await ReadOrderAsync(holder.Stream, cancellation))
                    .Notices.SingleOrDefault(one => one.Notice.Id == noticeId)
                    ?.RewrittenCount
                    ?? 0;
            }
        }
    }

    private async ValueTask<Order> ReadOrderAsync(StreamId stream, CancellationToken cancellation)
    {
        Order? order = null;
        foreach (var stored in await log.ReadStreamAsync(stream, 0, cancellation))
            order = Order.Evolve(order, StoredOrderEvents.Read(stored));
        return order
            ?? throw new LogUnusableException(
                $"The log names {stream} as the order of a notice, but holds nothing of it. Run: shonin log verify"
            );
    }

    /// <summary><c>t…@…</c>; of an erased customer not even that letter is left.</summary>
    private async ValueTask<string> MaskedRecipientAsync(string noticeId, CancellationToken cancellation) =>
        await log.ReadDocumentAsync(NoticeMail.DocumentIdOf(noticeId), cancellation) is { } document
            ? $"{FirstSign(NoticeMail.Parse(document).To)}…@…"
            : "…@…";

    private static string FirstSign(string address) => address.EnumerateRunes().First().ToString();

    private static ContentMatch Match(Digest recorded, Digest found) => recorded == found ? ContentMatch.Same : ContentMatch.Differs;

    /// <summary>A mark that cannot be read is quoted as it stands, within bounds.</summary>
    private static string Shown(string mark) => mark.Length <= ShownLengthMax ? mark : $"{mark[..ShownLengthMax]}…";
}
