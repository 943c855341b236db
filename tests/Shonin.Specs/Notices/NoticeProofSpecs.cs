using System.Text;
using Microsoft.Extensions.Time.Testing;
using Shonin.Domain;
using Shonin.Domain.Proofs;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailChecks;
using Shonin.Merchant.Notices;
using Shonin.Notices;

namespace Shonin.Specs.Notices;

/// <summary>Every notice that we send proves itself, and none that was altered does.</summary>
[Collection(nameof(SigningKeys))]
public sealed class NoticeProofSpecs
{
    private readonly FakeTimeProvider time = new(OrderStory.Morning);
    private readonly DkimKeys keys;
    private readonly NoticeMime mime;

    public NoticeProofSpecs(SigningKeys signing)
    {
        keys = signing.Pair;
        mime = new NoticeMime(NoticeScenes.Merchant, keys, time);
    }

    public static TheoryData<Locale, string> EveryScene()
    {
        var rows = new TheoryData<Locale, string>();
        foreach (var locale in Enum.GetValues<Locale>())
        {
            foreach (var scene in NoticeScenes.All(locale))
                rows.Add(locale, scene.Title);
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(EveryScene))]
    public async Task Every_notice_in_both_languages_proves_itself(Locale locale, string title)
    {
        var scene = SceneOf(locale, title);
        var recorded = await RecordedScene.RecordAsync(scene);
        var message = mime.Write(recorded.Notice).Message;

        Assert.All(await RecordedScene.VerifyAsync(message, keys, time.GetUtcNow()), result =>
            Assert.IsType<DkimOutcome.Pass>(result.Outcome)
        );
        var known = Assert.IsType<LedgerFinding.Known>(await recorded.FindAsync(message, "hanako@EXAMPLE.com")).Notice;
        Assert.Equal(
            new KnownNotice(
                scene.Notice.Id,
                "N1001",
                scene.Notice.Kind,
                scene.Notice.Class,
                scene.Story.Now,
                null,
                "H…@…",
                RecipientMatch.Matches,
                ContentMatch.Same,
                ContentMatch.Same
            )
            {
                Reference = scene.Notice.Reference,
            },
            known
        );
        Assert.True(await IsProvedAsync(recorded, message, RecordedScene.Customer));
        var verdict = await recorded.JudgeAsync(message, keys, time.GetUtcNow(), RecordedScene.Customer);
        Assert.Equal((VerdictWord.Genuine, Confidence.Proved), (verdict.Word, verdict.Confidence));
    }

    [Fact]
    public async Task Without_the_recipient_and_for_another_one_the_same_mail_is_told_apart()
    {
        var recorded = await RecordedScene.RecordAsync(NoticeScenes.Problems(Locale.Ja).First());
        var message = mime.Write(recorded.Notice).Message;

        Assert.Equal(RecipientMatch.NotAsked, Assert.IsType<LedgerFinding.Known>(await recorded.FindAsync(message, null)).Notice.Recipient);
        Assert.Equal(
            RecipientMatch.Differs,
            Assert.IsType<LedgerFinding.Known>(await recorded.FindAsync(message, "taro@example.com")).Notice.Recipient
        );
        Assert.NotEqual(VerdictWord.Genuine, (await recorded.JudgeAsync(message, keys, time.GetUtcNow(), "taro@example.com")).Word);
    }

    [Fact]
    public async Task A_notice_whose_record_is_lost_is_called_neither_false_nor_genuine_while_our_signature_covers_it()
    {
        var lost = await RecordedScene.RecordAsync(NoticeScenes.Problems(Locale.Ja).First());
        var kept = await RecordedScene.RecordAsync(NoticeScenes.All(Locale.Ja).First(scene => scene.Notice.Id != lost.Notice.NoticeId));
        var message = mime.Write(lost.Notice).Message;

        Assert.IsType<LedgerFinding.Forged>(await kept.FindAsync(message, RecordedScene.Customer));
        var verdict = await kept.JudgeAsync(message, keys, time.GetUtcNow(), RecordedScene.Customer);
        Assert.Equal((VerdictWord.CannotTell, ReasonCode.NoticeUnknown), (verdict.Word, verdict.Reasons[0].Code));

        var unsigned = Encoding.ASCII.GetBytes(
            Encoding.ASCII.GetString(message).Replace("DKIM-Signature:", "X-Gone:", StringComparison.Ordinal)
        );
        Assert.Equal(VerdictWord.NotGenuine, (await kept.JudgeAsync(unsigned, keys, time.GetUtcNow(), RecordedScene.Customer)).Word);
    }

    [Theory]
    [InlineData(Locale.Ja)]
    [InlineData(Locale.En)]
    public async Task A_field_that_is_shown_or_obeyed_can_be_neither_altered_nor_added_nor_removed(Locale locale)
    {
        var recorded = await RecordedScene.RecordAsync(NoticeScenes.Problems(locale).First());
        var message = Encoding.ASCII.GetString(mime.Write(recorded.Notice).Message);
        var (header, body) = Split(message);
        var present = 0;
        foreach (var name in NoticeSigning.Options.OversignedFields)
        {
            var at = header.IndexOf($"\r\n{name}:", StringComparison.OrdinalIgnoreCase);
            string[] altered =
                at < 0
                    ? [$"{header}{name}: x\r\n", $"{name}: x\r\n{header}"]
                    :
                    [
                        $"{header}{name}: x\r\n",
                        $"{name}: x\r\n{header}",
                        header[..at] + header[EndOfField(header, at + 2)..],
                        header.Insert(EndOfField(header, at + 2), " x"),
                    ];
            present += at < 0 ? 0 : 1;
            foreach (var other in altered.Select(header => Encoding.ASCII.GetBytes($"{header}\r\n{body}")))
            {
                Assert.False(
                    await IsProvedAsync(recorded, other, RecordedScene.Customer),
                    $"{name}: {Encoding.ASCII.GetString(other)[..60]}…"
                );
                Assert.NotEqual(
                    VerdictWord.Genuine,
                    (await recorded.JudgeAsync(other, keys, time.GetUtcNow(), RecordedScene.Customer)).Word
                );
            }
        }
        Assert.Equal(10, present); // From, To, Subject, Date, Message-ID, the mark, Auto-Submitted and three of the body
    }

    [Fact]
    public async Task A_mail_with_one_byte_altered_is_never_genuine_unless_it_still_says_the_same()
    {
        var seed = Walks.NewSeed();
        var random = new Random(seed);
        foreach (var locale in Enum.GetValues<Locale>())
        {
            var recorded = await RecordedScene.RecordAsync(NoticeScenes.Problems(locale).First());
            var message = mime.Write(recorded.Notice).Message;
            for (var round = 0; round < Walks.Times(10); round++)
            {
                var altered = message.ToArray();
                var at = random.Next(altered.Length);
                altered[at] = (byte)"aZ09+/=<>&;: \r\n\"@.-_"[random.Next(20)];
                if (
                    altered[at] == message[at]
                    || (await recorded.JudgeAsync(altered, keys, time.GetUtcNow(), RecordedScene.Customer)).Word != VerdictWord.Genuine
                )
                {
                    continue;
                }

                Assert.True(
                    WhatIsRead(message) == WhatIsRead(altered),
                    $"seed {seed}: byte {at} became {altered[at]}, and the mail is genuine and says something else"
                );
            }
        }
    }

    [Theory]
    [InlineData(Locale.Ja)]
    [InlineData(Locale.En)]
    public async Task One_sign_altered_in_subject_text_or_page_is_seen_even_where_the_signature_is_gone(Locale locale)
    {
        var seed = Walks.NewSeed();
        var random = new Random(seed);
        var recorded = await RecordedScene.RecordAsync(NoticeScenes.Problems(locale).First());
        var notice = recorded.Notice;
        for (var round = 0; round < Walks.Times(7); round++)
        {
            var altered = (round % 3) switch
            {
                0 => notice with { Subject = Altered(notice.Subject) },
                1 => notice with { Text = Altered(notice.Text) },
                2 => notice with { Html = Altered(notice.Html) },
                _ => throw new System.Diagnostics.UnreachableException(),
            };
            var known = Assert.IsType<LedgerFinding.Known>(await recorded.FindAsync(mime.Write(altered).Message, RecordedScene.Customer));
            Assert.True(known.Notice.Content == ContentMatch.Differs, $"seed {seed}, round {round}: {known.Notice.Content}");
        }

        string Altered(string text)
        {
            var seen = Enumerable.Range(0, text.Length).Where(index => !char.IsWhiteSpace(text[index])).ToArray();
            var at = seen[random.Next(seen.Length)];
            return $"{text[..at]}{(text[at] == '9' ? '8' : '9')}{text[(at + 1)..]}";
        }
    }

    [Fact]
    public async Task A_link_that_leads_elsewhere_is_told_apart_from_another_word()
    {
        var recorded = await RecordedScene.RecordAsync(NoticeScenes.Problems(Locale.En).First());
        var notice = recorded.Notice;
        async Task<(ContentMatch, ContentMatch)> MatchAsync(Func<NoticeMail, NoticeMail> alter) =>
            Assert.IsType<LedgerFinding.Known>(await recorded.FindAsync(mime.Write(alter(notice)).Message, null)).Notice is var known
                ? (known.Content, known.Links)
                : default;

        Assert.Equal((ContentMatch.Same, ContentMatch.Same), await MatchAsync(same => same));
        Assert.Equal((ContentMatch.Differs, ContentMatch.Same), await MatchAsync(same => same with { Text = same.Text + "PS" }));
        Assert.Equal(
            (ContentMatch.Differs, ContentMatch.Differs),
            await MatchAsync(same =>
                same with
                {
                    Html = same.Html.Replace("href=\"https://shop.", "href=\"https://shop-", StringComparison.Ordinal),
                }
            )
        );
    }

    /// <summary>Whether it is signed as ours, as a thief's or not at all, the mark is ours and the mail is not.</summary>
    [Theory]
    [InlineData(Locale.Ja)]
    [InlineData(Locale.En)]
    public async Task Our_notice_with_other_links_or_words_and_a_link_that_leads_elsewhere_is_not_genuine(Locale locale)
    {
        var recorded = await RecordedScene.RecordAsync(NoticeScenes.Problems(locale).First());
        NoticeMail[] altered =
        [
            With(recorded.Notice, notice => notice.Replace("https://shop.example.jp", "https://evil.example", StringComparison.Ordinal)),
            recorded.Notice with
            {
                Text = recorded.Notice.Text + "\nhttps://evil.example/",
            },
            recorded.Notice with
            {
                Html = recorded.Notice.Html.Replace(
                    "</body>",
                    "<a href=\"https://evil.example/\">https://shop.example.jp/</a></body>",
                    StringComparison.Ordinal
                ),
            },
            recorded.Notice with
            {
                Html = recorded.Notice.Html.Replace("</body>", "<a href=\"//evil.example/\">here</a></body>", StringComparison.Ordinal),
            },
            recorded.Notice with
            {
                Text = recorded.Notice.Text + "\nカードの再登録はevil.example/payへ",
            },
            recorded.Notice with
            {
                Text = recorded.Notice.Text + "\nwww.evil.example",
            },
            recorded.Notice with
            {
                Html = recorded.Notice.Html.Replace("</body>", "<p>evil.example/pay</p></body>", StringComparison.Ordinal),
            },
        ];
        foreach (var notice in altered)
        {
            var verdict = await JudgeUnsignedAsync(recorded, notice);
            Assert.Equal((VerdictWord.NotGenuine, ReasonCode.NoticeAltered), (verdict.Word, verdict.Reasons[0].Code));
        }
    }

    [Theory]
    [InlineData("\nThe shop's list", "")]
    [InlineData("\nhttps://shop.example.jp/other", "")]
    [InlineData("\nChecked by Avast: https://www.avast.com/sig", "")]
    [InlineData("\nChecked by www.avast.com", "")]
    [InlineData("\nBooked at Booking.com 1.5/2 and/or by mail: hanako@customer.example", "")]
    [InlineData("\n___\nhttps://lists.example/options", "List-Id: <talk.lists.example>\r\n")]
    public async Task What_relays_add_to_our_notice_is_no_contradiction(string added, string field)
    {
        var recorded = await RecordedScene.RecordAsync(NoticeScenes.Problems(Locale.En).First());
        var verdict = await JudgeUnsignedAsync(recorded, recorded.Notice with { Text = recorded.Notice.Text + added }, field);
        Assert.Equal((VerdictWord.CannotTell, ReasonCode.NoticeContentDiffers), (verdict.Word, verdict.Reasons[0].Code));
    }

    /// <summary>A list keeps our links; where none is left, what it says of itself counts for nothing.</summary>
    [Fact]
    public async Task A_list_that_takes_our_links_away_is_none()
    {
        var recorded = await RecordedScene.RecordAsync(NoticeScenes.Problems(Locale.En).First());
        var altered = With(recorded.Notice, notice =>
            notice.Replace("https://shop.example.jp", "https://evil.example", StringComparison.Ordinal)
        );
        Assert.Equal(VerdictWord.NotGenuine, (await JudgeUnsignedAsync(recorded, altered, "List-Id: <talk.lists.example>\r\n")).Word);
    }

    public static TheoryData<Locale, string, bool, bool> Copies
    {
        get
        {
            var rows = new TheoryData<Locale, string, bool, bool>();
            foreach (var locale in Enum.GetValues<Locale>())
            {
                foreach (
                    var from in new[]
                    {
                        "Hanako <hanako@friends.example>",
                        "x@evil.example",
                        "=?utf-8?B?6Ki85ZWG5bqX?= <notice@shop.example.jp>",
                    }
                )
                {
                    foreach (var (isMarked, hasReference) in new[] { (true, true), (false, true), (false, false) })
                        rows.Add(locale, from, isMarked, hasReference);
                }
            }

            return rows;
        }
    }

    /// <summary>
    /// Whether it carries our mark, or only quotes the number of one of our notices, as they have been since or as they were before.
    /// </summary>
    [Theory]
    [MemberData(nameof(Copies))]
    public async Task A_copy_of_our_notice_that_leads_elsewhere_is_not_genuine_whoever_stands_in_From(
        Locale locale,
        string from,
        bool isMarked,
        bool hasReference
    )
    {
        var recorded = await RecordedScene.RecordAsync(Quoting(NoticeScenes.Problems(locale).First(), hasReference));
        var altered = With(recorded.Notice, notice =>
            notice.Replace("https://shop.example.jp", "https://evil.example", StringComparison.Ordinal)
        );
        var verdict = await recorded.JudgeAsync(Copy(altered, from, isMarked), keys, time.GetUtcNow(), RecordedScene.Customer);
        Assert.Equal((VerdictWord.NotGenuine, ReasonCode.NoticeAltered), (verdict.Word, verdict.Reasons[0].Code));
    }

    [Theory]
    [MemberData(nameof(Copies))]
    public async Task A_copy_that_still_leads_to_us_is_neither_called_genuine_nor_false(
        Locale locale,
        string from,
        bool isMarked,
        bool hasReference
    )
    {
        var recorded = await RecordedScene.RecordAsync(Quoting(NoticeScenes.Problems(locale).First(), hasReference));
        var notices = isMarked
            ? new[] { recorded.Notice }
            : [recorded.Notice, recorded.Notice with { Text = recorded.Notice.Text + "\nhttps://hanako.example/" }];
        foreach (var notice in notices)
        {
            Assert.Equal(
                VerdictWord.CannotTell,
                (await recorded.JudgeAsync(Copy(notice, from, isMarked), keys, time.GetUtcNow(), RecordedScene.Customer)).Word
            );
        }
    }

    [Fact]
    public async Task Our_notice_word_for_word_under_a_strangers_address_says_whose_address_it_is()
    {
        var recorded = await RecordedScene.RecordAsync(NoticeScenes.Problems(Locale.Ja).First());
        var verdict = await recorded.JudgeAsync(
            Copy(recorded.Notice, "x@friends.example", isMarked: true),
            keys,
            time.GetUtcNow(),
            RecordedScene.Customer
        );
        Assert.Equal((VerdictWord.CannotTell, ReasonCode.NoticeOnRecord), (verdict.Word, verdict.Reasons[0].Code));
        Assert.Contains("当店のものではありません", verdict.Reasons[0].Text.Ja, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mark_that_we_never_made_is_forged_whoever_stands_in_From()
    {
        var lost = await RecordedScene.RecordAsync(NoticeScenes.Problems(Locale.Ja).First());
        var kept = await RecordedScene.RecordAsync(NoticeScenes.All(Locale.Ja).First(scene => scene.Notice.Id != lost.Notice.NoticeId));
        var verdict = await kept.JudgeAsync(
            Copy(lost.Notice, "x@evil.example", isMarked: true),
            keys,
            time.GetUtcNow(),
            RecordedScene.Customer
        );
        Assert.Equal((VerdictWord.NotGenuine, ReasonCode.NoticeForged), (verdict.Word, verdict.Reasons[0].Code));
    }

    /// <summary>Who knows a number and no more writes a mail of his own, and is told nothing of the notice.</summary>
    [Fact]
    public async Task A_number_alone_makes_no_copy()
    {
        var recorded = await RecordedScene.RecordAsync(NoticeScenes.Problems(Locale.Ja).First());
        var number = recorded.Notice.Text.Split('\n').First(line => line.Contains("お知らせ番号", StringComparison.Ordinal));
        Assert.IsType<LedgerFinding.Copied>(await recorded.FindAsync(Copy(recorded.Notice, "x@evil.example", isMarked: false), null));
        Assert.IsType<LedgerFinding.NoMark>(
            await recorded.FindAsync(
                Copy(recorded.Notice with { Text = $"{number}\nhttps://hanako.example/", Html = "" }, "x@evil.example", isMarked: false),
                null
            )
        );
    }

    private static NoticeScene Quoting(NoticeScene scene, bool hasReference) =>
        hasReference ? scene : scene with { Notice = scene.Notice with { Reference = null } };

    /// <summary>As anybody can send it: without our signatures.</summary>
    private byte[] Copy(NoticeMail notice, string from, bool isMarked)
    {
        var mail = Encoding.UTF8.GetString(mime.Write(notice).Message);
        string Without(string field) => System.Text.RegularExpressions.Regex.Replace(mail, $"(?m)^{field}:.*\\n([ \\t].*\\n)*", "");
        foreach (var field in isMarked ? new[] { "DKIM-Signature", "From" } : ["DKIM-Signature", "From", NoticeMark.FieldName])
            mail = Without(field);
        return Encoding.UTF8.GetBytes($"From: {from}\r\n{mail}");
    }

    private static NoticeMail With(NoticeMail notice, Func<string, string> alter) =>
        notice with
        {
            Text = alter(notice.Text),
            Html = alter(notice.Html),
        };

    /// <summary>As it is judged after its signatures broke on the way.</summary>
    private async Task<MailVerdict> JudgeUnsignedAsync(RecordedScene recorded, NoticeMail notice, string field = "")
    {
        var signed = Encoding.UTF8.GetString(mime.Write(notice).Message);
        var broken = field + System.Text.RegularExpressions.Regex.Replace(signed, "\r\n bh=[A-Za-z0-9+/]{6}", "\r\n bh=AAAAAA");
        return await recorded.JudgeAsync(Encoding.UTF8.GetBytes(broken), keys, time.GetUtcNow(), RecordedScene.Customer);
    }

    private static NoticeScene SceneOf(Locale locale, string title) => NoticeScenes.All(locale).Single(scene => scene.Title == title);

    /// <summary>
    /// What the verdict "proved" takes: a signature of ours that holds, our record of this very content, and the one it was sent to.
    /// </summary>
    private async Task<bool> IsProvedAsync(RecordedScene recorded, byte[] message, string recipient) =>
        (await RecordedScene.VerifyAsync(message, keys, time.GetUtcNow())).Any(result => result.Outcome is DkimOutcome.Pass)
        && await recorded.FindAsync(message, recipient)
            is LedgerFinding.Known { Notice: { Content: ContentMatch.Same, Recipient: RecipientMatch.Matches } };

    private static string WhatIsRead(byte[] message)
    {
        using var read = MimeKit.MimeMessage.Load(new MemoryStream(message));
        var everything = $"{read.From}|{read.To}|{read.Subject}|{read.Date:u}|{read.MessageId}|{read.TextBody}|{read.HtmlBody}";
        // The relaxed form of the body (RFC 6376 section 3.4.4) lets spaces grow where there is one, and at the ends of lines; so does
        // HTML.
        return string.Join(' ', everything.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    private static (string Header, string Body) Split(string message)
    {
        var end = message.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        return (message[..(end + 2)], message[(end + 4)..]);
    }

    /// <summary>Where the last line of a field ends, before its CRLF.</summary>
    private static int EndOfField(string header, int start)
    {
        var end = header.IndexOf("\r\n", start, StringComparison.Ordinal);
        while (end + 2 < header.Length && header[end + 2] is ' ' or '\t')
            end = header.IndexOf("\r\n", end + 2, StringComparison.Ordinal);
        return end;
    }
}
