using System.Text;
using Shonin.MailAuthentication.AuthResults;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailAuthentication.Dns;
using Shonin.MailChecks;
using static Shonin.Specs.MailChecks.MailStory;

namespace Shonin.Specs.MailChecks;

/// <summary>
/// The verdict's order: a contradiction, our own record, the merchant's signature; and that nothing which happens to genuine mail is ever
/// called false.
/// </summary>
public sealed class VerdictSpecs
{
    private const string Own = "Ichiba <notice@ichiba.example>";
    private const string Threat = "アカウントが停止されました。24時間以内にパスワードを確認してください。";

    [Fact]
    public async Task A_mail_that_the_merchant_signed_whole_is_genuine() =>
        Assert.Equal(
            "Genuine Strong SignedByMerchant",
            (await CheckAsync(SignedBy(MerchantKey, Plain(Own, "ご注文の確認", "ありがとうございます。")))).Said()
        );

    [Theory]
    [InlineData("ありがとう", "有難う")]
    [InlineData("Subject: ", "Subject: x")]
    [InlineData("notice@", "notices@")]
    [InlineData("Content-Type: text/plain", "Content-Type: text/html")]
    public async Task One_altered_character_is_enough_to_lose_that(string signed, string altered) =>
        Assert.Equal(
            "CannotTell Weak SignatureBroken",
            (await CheckAsync(Altered(SignedBy(MerchantKey, Plain(Own, "ご注文の確認", "ありがとうございます。")), signed, altered))).Said()
        );

    [Theory]
    [InlineData("Subject: ご請求")]
    [InlineData("From: Ichiba <notice@ichiba.example>")]
    [InlineData("Reply-To: thief@stranger.example")]
    [InlineData("Content-Type: multipart/mixed; boundary=x")]
    public async Task A_field_that_somebody_added_is_enough_to_lose_that(string added) =>
        Assert.Equal(
            VerdictWord.CannotTell,
            (
                await CheckAsync(
                    Altered(SignedBy(MerchantKey, Plain(Own, "ご注文", "本文")), "\r\nMIME-Version:", $"\r\n{added}\r\nMIME-Version:")
                )
            )
                .Verdict
                .Word
        );

    [Theory]
    [InlineData("Reply-To: help@ichiba.example", VerdictWord.Genuine)]
    [InlineData("Reply-To: Help <help@ichiba.example>, x@news.ichiba.example", VerdictWord.Genuine)]
    [InlineData("Sender: news@news.ichiba.example", VerdictWord.Genuine)]
    [InlineData("Reply-To: x@stranger.example", VerdictWord.CannotTell)]
    [InlineData("Reply-To: help@ichiba.example, x@stranger.example", VerdictWord.CannotTell)]
    [InlineData("Reply-To: \"x@stranger.example\" <help@ichiba.example> x@stranger.example", VerdictWord.CannotTell)]
    [InlineData("Reply-To: <\"x@stranger.example>\"@ichiba.example>", VerdictWord.CannotTell)]
    [InlineData("Reply-To: x@stranger.example:help@ichiba.example", VerdictWord.CannotTell)]
    [InlineData("Reply-To: =?utf-8?q?x=40stranger.example?=", VerdictWord.CannotTell)]
    [InlineData("Reply-To: friends: x@ichiba.example;", VerdictWord.CannotTell)]
    [InlineData("Reply-To: (x@stranger.example)", VerdictWord.CannotTell)]
    [InlineData("Sender: \"x@stranger.example", VerdictWord.CannotTell)]
    [InlineData("Sender: x@stranger.example <", VerdictWord.CannotTell)]
    [InlineData("Sender:", VerdictWord.CannotTell)]
    public async Task An_unsigned_address_for_answers_counts_where_all_programs_find_only_the_merchants_there(
        string added,
        VerdictWord word
    )
    {
        var only = new DkimSigningOptions
        {
            OversignedFields = ["From", "To", "Subject", "Date", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"],
            SignedFields = [],
        };
        var mail = new DkimSigner(only).Sign(Encoding.UTF8.GetBytes(Plain(Own, "ご注文", "本文", added)), [MerchantKey], Now);
        Assert.Equal(word, (await CheckAsync(mail)).Verdict.Word);
    }

    [Theory]
    [InlineData("Content-Transfer-Encoding: base64", "本文", VerdictWord.CannotTell)]
    [InlineData("Content-Transfer-Encoding: base64", "5pys5paH", VerdictWord.Genuine)]
    [InlineData("Content-Transfer-Encoding: Quoted-Printable", "https://ichiba.example/?a=b", VerdictWord.CannotTell)]
    [InlineData("Content-Transfer-Encoding: quoted-printable", "=E3=81=82=", VerdictWord.Genuine)]
    [InlineData("Content-Transfer-Encoding: x-uuencode", "本文", VerdictWord.CannotTell)]
    [InlineData("Content-Transfer-Encoding: 8bit", "本文", VerdictWord.Genuine)]
    [InlineData("Content-Disposition: attachment", "本文", VerdictWord.CannotTell)]
    [InlineData("Content-Disposition: inline", "本文", VerdictWord.Genuine)]
    public async Task An_unsigned_field_counts_where_it_could_show_another_text_than_was_signed(string added, string text, VerdictWord word)
    {
        var mail = Altered(SignedBy(MerchantKey, Plain(Own, "ご注文", text)), "\r\nMIME-Version:", $"\r\n{added}\r\nMIME-Version:");
        Assert.Equal(word, (await CheckAsync(mail)).Verdict.Word);
    }

    [Theory]
    [InlineData("Center <x@stranger.example>", "Your Ichibа account is on hold")]
    [InlineData("News from Ichibа <x@stranger.example>", "お知らせ")]
    [InlineData("Notice about lchiba <x@stranger.example>", "お知らせ")]
    public async Task The_merchants_name_in_letters_that_only_look_like_its_own_is_a_contradiction(string from, string subject) =>
        Assert.Equal("NotGenuine Strong NameDisguised", (await CheckAsync(Plain(Header(from), subject, "本文"))).Said());

    [Fact]
    public async Task A_domain_where_anybody_can_have_an_address_proves_nothing_of_who_owns_it()
    {
        var outlook = new MailProfile("outlook", ["Outlook"], ["outlook.com"], []);
        var key = DkimKey.FromRsa("outlook.com", "s1", RsaKeys.Of(2));
        var zone = Zones($$"""{"{{key.DnsName}}":{"TXT":[["{{key.DnsRecord}}"]]} }""");
        var mail = SignedBy(key, Plain("taro@outlook.com", "お知らせ", "本文"));
        Assert.Equal("CannotTell Weak AnybodysAddress", (await CheckAsync(mail, dns: zone, profiles: [outlook])).Said());
    }

    [Fact]
    public async Task A_trusted_provider_that_saw_the_policy_refuse_the_mail_is_believed()
    {
        var mail =
            "Authentication-Results: mx.reader.example; spf=fail; dkim=none; dmarc=fail header.from=ichiba.example\r\n"
            + Plain(Own, "お知らせ", "本文");
        var trust = new AuthResultsTrust { AuthservIds = ["mx.reader.example"] };
        Assert.Equal("NotGenuine Strong PolicyRefuses", (await CheckAsync(Encoding.UTF8.GetBytes(mail), trust: trust)).Said());
        Assert.Equal("CannotTell Weak NotSigned", (await CheckAsync(mail)).Said());
    }

    [Fact]
    public async Task A_sign_that_Unicode_has_no_form_for_is_read_over() =>
        Assert.Equal(
            "NotGenuine Strong SenderNotMerchant",
            (
                await CheckAsync(Plain(Header("Ichiba \uFFFE <x@stranger.example>"), "お知らせ\uFFFE", "https://stranger.example/ \uFFFE"))
            ).Said()
        );

    [Fact]
    public async Task A_second_sender_who_is_a_stranger_contradicts_the_first() =>
        Assert.Equal(
            "NotGenuine Strong SeveralSenders",
            (await CheckAsync(Plain($"{Own}, Billing <x@stranger.example>", "ご注文", "本文"))).Said()
        );

    [Theory]
    [InlineData("Ichiba <x@stranger.example>", "name")]
    [InlineData("いちば商店 お客様センター <x@stranger.example>", "name with words that any sender uses")]
    [InlineData("\"ICHIBA\" <x@stranger.example>", "upper case")]
    [InlineData("Ｉｃｈｉｂａ <x@stranger.example>", "full width")]
    [InlineData("I c h i b a <x@stranger.example>", "spaced out")]
    [InlineData("I\u200Bchi\u200Bba <x@stranger.example>", "invisible signs")]
    [InlineData("Iсhіbа <x@stranger.example>", "Cyrillic letters")]
    [InlineData("1ch1ba <x@stranger.example>", "digits")]
    [InlineData("x@stranger.example (Ichiba)", "a comment")]
    [InlineData("\"notice@ichiba.example\" <x@stranger.example>", "an address as the name")]
    [InlineData("Ichiba Support Team #8123 <x@stranger.example>", "a number")]
    public async Task The_merchants_name_before_a_strangers_address_is_a_contradiction(string from, string trick)
    {
        var result = await CheckAsync(Plain(Header(from), "お知らせ", "https://stranger.example/ からご確認ください。"));
        Assert.True(result.Verdict.Word == VerdictWord.NotGenuine, $"{trick}: {result.Said()}");
    }

    [Theory]
    [InlineData("いちば 花子 <hanako@stranger.example>", "こんにちは", "先日はありがとう。", "a person's name")]
    [InlineData(
        "Ichiba Fan News <news@stranger.example>",
        "Ichiba の新商品",
        "https://stranger.example/ichiba",
        "somebody who writes about the merchant"
    )]
    [InlineData(
        "Hanako <hanako@stranger.example>",
        "Fwd: Ichiba からのお知らせ",
        "これ、本物かな。https://stranger.example/",
        "somebody who passes a mail on"
    )]
    [InlineData("Ichiba <ichiba@stranger.example>", "こんにちは", "また会いましょう。", "somebody who is called so, and wants nothing")]
    [InlineData(
        "Bank <security@stranger.example>",
        "Ichiba を名乗るメールにご注意",
        "「アカウントが停止された」「24時間以内にパスワードを確認」というメールはにせものです。",
        "a warning about such mails"
    )]
    public async Task Who_only_speaks_of_the_merchant_is_not_called_false(string from, string subject, string text, string who)
    {
        var result = await CheckAsync(Plain(Header(from), subject, text));
        Assert.True(result.Verdict.Word == VerdictWord.CannotTell, $"{who}: {result.Said()}");
    }

    [Theory]
    [InlineData("ichiba.example.account.stranger.example", true)]
    [InlineData("ichiba-example.stranger.example", true)]
    [InlineData("xn--chiba-m2e.example", true)]
    [InlineData("ichiba.stranger.example", false)]
    [InlineData("ichibanya.example", false)]
    [InlineData("shop.example", false)]
    public async Task A_senders_domain_that_is_made_to_look_like_the_merchants_is_a_contradiction(string domain, bool isContradiction)
    {
        var result = await CheckAsync(Plain($"Customer Center <x@{domain}>", "お知らせ", "こんにちは。"));
        Assert.True((result.Verdict.Word == VerdictWord.NotGenuine) == isContradiction, result.Said());
    }

    [Fact]
    public async Task A_domain_that_only_contains_the_name_is_one_when_the_mail_presses_in_that_name()
    {
        Assert.Equal(
            "NotGenuine Strong SenderLookAlike",
            (await CheckAsync(Plain("Center <x@ichiba-account.example>", "Ichiba からの重要なお知らせ", Threat))).Said()
        );
        Assert.Equal(
            VerdictWord.CannotTell,
            (await CheckAsync(Plain("Center <x@ichiba-account.example>", "Ichiba からの重要なお知らせ", "新商品の紹介です。"))).Verdict.Word
        );
    }

    [Fact]
    public async Task Under_the_merchants_own_address_only_a_sender_held_against_its_policy_contradicts()
    {
        var mail = Plain(Own, "お知らせ", "本文");
        Assert.Equal("NotGenuine Strong PolicyRefuses", (await CheckAsync(mail, StrangerSession)).Said());
        Assert.Equal("CannotTell Weak NotSigned", (await CheckAsync(mail)).Said());
        Assert.Equal("CannotTell Weak NotSigned", (await CheckAsync(mail, MerchantSession)).Said());
    }

    [Fact]
    public async Task A_list_or_a_forwarder_between_takes_that_contradiction_away() =>
        Assert.Equal(
            VerdictWord.CannotTell,
            (await CheckAsync(Plain(Own, "お知らせ", "本文", "List-Id: <talk.lists.example>"), StrangerSession)).Verdict.Word
        );

    [Fact]
    public async Task A_broken_signature_of_the_merchant_takes_it_away_too()
    {
        var footer = Altered(SignedBy(MerchantKey, Plain(Own, "お知らせ", "本文")), "本文", "本文\r\n--\r\nlist footer");
        Assert.Equal("CannotTell Weak SignatureBroken", (await CheckAsync(footer, StrangerSession)).Said());
    }

    [Fact]
    public async Task A_key_that_was_taken_from_DNS_or_does_not_answer_is_no_contradiction()
    {
        var mail = SignedBy(MerchantKey, Plain(Own, "お知らせ", "本文"));
        var policy = """{"_dmarc.ichiba.example":{"TXT":[["v=DMARC1; p=reject"]]},"stranger.example":{"TXT":[["v=spf1 -all"]]}""";
        Assert.Equal("CannotTell Weak SignatureKeyGone", (await CheckAsync(mail, StrangerSession, Zones(policy + "}"))).Said());
        Assert.Equal(
            "CannotTell Weak SignatureKeyGone",
            (await CheckAsync(mail, StrangerSession, Zones(policy + $",\"{MerchantKey.DnsName}\":{{\"TXT\":\"TIMEOUT\"}}}}"))).Said()
        );
        Assert.Equal("CannotTell Weak SignatureKeyGone", (await CheckAsync(mail, null, DnsLookups.Offline)).Said());
    }

    [Fact]
    public async Task A_provider_that_the_reader_trusts_vouches_where_the_key_is_out_of_reach_and_the_body_is_the_signed_one()
    {
        var results =
            "Authentication-Results: mx.reader.example; dkim=pass header.d=ichiba.example; dmarc=pass header.from=ichiba.example\r\n";
        var mail = Altered(SignedBy(MerchantKey, Plain(Own, "お知らせ", "本文")), "DKIM-Signature:", results + "DKIM-Signature:");
        var trust = new AuthResultsTrust { AuthservIds = ["mx.reader.example"] };
        Assert.Equal("Genuine Strong ProviderVouches", (await CheckAsync(mail, null, DnsLookups.Offline, trust)).Said());
        Assert.Equal(VerdictWord.CannotTell, (await CheckAsync(mail, null, DnsLookups.Offline)).Verdict.Word);
        Assert.Equal(
            VerdictWord.CannotTell,
            (await CheckAsync(Altered(mail, "本文", "別の文"), null, DnsLookups.Offline, trust)).Verdict.Word
        );
    }

    [Theory]
    [InlineData("ichiba.example", true)]
    [InlineData("notice@ICHIBA.example.", true)]
    [InlineData("example", false)]
    [InlineData("stranger.example", false)]
    [InlineData("ichiba.example.stranger.example", false)]
    [InlineData("news.ichiba.example", false)]
    [InlineData("\"\"", false)]
    public async Task Only_what_a_provider_says_of_the_authors_own_domain_vouches(string from, bool vouches)
    {
        var results = $"Authentication-Results: mx.reader.example; dkim=pass header.d=ichiba.example; dmarc=pass header.from={from}\r\n";
        var mail = Altered(SignedBy(MerchantKey, Plain(Own, "お知らせ", "本文")), "DKIM-Signature:", results + "DKIM-Signature:");
        var result = await CheckAsync(mail, dns: DnsLookups.Offline, trust: new AuthResultsTrust { AuthservIds = ["mx.reader.example"] });
        Assert.Equal(vouches ? "Genuine Strong ProviderVouches" : "CannotTell Weak SignatureKeyGone", result.Said());
    }

    [Fact]
    public async Task A_key_that_the_merchant_took_back_is_vouched_for_by_nobody()
    {
        var results =
            "Authentication-Results: mx.reader.example; dkim=pass header.d=ichiba.example; dmarc=pass header.from=ichiba.example\r\n";
        var mail = Altered(SignedBy(MerchantKey, Plain(Own, "お知らせ", "本文")), "DKIM-Signature:", results + "DKIM-Signature:");
        var trust = new AuthResultsTrust { AuthservIds = ["mx.reader.example"] };
        Assert.Equal("Genuine Strong ProviderVouches", (await CheckAsync(mail, dns: Zones("{}"), trust: trust)).Said());
        Assert.Equal(
            "CannotTell Weak SignatureKeyGone",
            (await CheckAsync(mail, dns: Zones($$"""{"{{MerchantKey.DnsName}}":{"TXT":[["v=DKIM1; k=rsa; p="]]} }"""), trust: trust)).Said()
        );
    }

    [Theory]
    [InlineData(-8, "", "Genuine Strong SignedByMerchant")]
    [InlineData(-6, "", "Genuine Strong SignedByMerchant")]
    [InlineData(-8, "by mx.reader.example; Tue, 17 Nov 2026 10:02:00 +0900", "Genuine Strong SignedByMerchant")]
    [InlineData(-8, "by mx.reader.example; Tue, 24 Nov 2026 10:02:00 +0900", "CannotTell Weak SignatureUnusable")]
    [InlineData(-8, "by mx.evil.example; Tue, 17 Nov 2026 10:02:00 +0900", "CannotTell Weak SignatureUnusable")]
    [InlineData(-8, "by evil; Tue, 17 Nov 2026 10:02:00 +0900", "CannotTell Weak SignatureUnusable")]
    public async Task A_signature_whose_time_is_over_counts_for_a_mail_that_a_trusted_host_received_before(
        int signedDaysAgo,
        string received,
        string said
    )
    {
        var mail = Plain(Own, "お知らせ", "本文");
        var seven = new DkimSigningOptions { ValidFor = TimeSpan.FromDays(received.Length == 0 ? 9 : 7) };
        var signed = Encoding.UTF8.GetString(
            new DkimSigner(seven).Sign(Encoding.UTF8.GetBytes(mail), [MerchantKey], Now.AddDays(signedDaysAgo))
        );
        var trust = new AuthResultsTrust { AuthservIds = ["mx.reader.example"] };
        Assert.Equal(
            said,
            (
                await CheckAsync(Encoding.UTF8.GetBytes(received.Length == 0 ? signed : $"Received: {received}\r\n{signed}"), trust: trust)
            ).Said()
        );
    }

    [Fact]
    public async Task A_strangers_own_good_signature_never_makes_his_mail_the_merchants()
    {
        var mail = SignedBy(StrangerKey, Plain("Ichiba <x@stranger.example>", "お知らせ", "https://stranger.example/"));
        Assert.Equal("NotGenuine Strong SenderNotMerchant", (await CheckAsync(mail, StrangerSession)).Said());
        Assert.Equal(VerdictWord.CannotTell, (await CheckAsync(SignedBy(StrangerKey, Plain(Own, "お知らせ", "本文")))).Verdict.Word);
    }

    [Theory]
    [InlineData("", "ichiba.example", "ichiba.example", "Genuine Strong SignedByMerchant")]
    [InlineData("", "news.ichiba.example", "ichiba.example", "Genuine Strong SignedByMerchant")]
    [InlineData("; adkim=r", "ichiba.example", "news.ichiba.example", "Genuine Strong SignedByMerchant")]
    [InlineData("; adkim=s", "ichiba.example", "ichiba.example", "Genuine Strong SignedByMerchant")]
    [InlineData("; adkim=s", "news.ichiba.example", "news.ichiba.example", "Genuine Strong SignedByMerchant")]
    [InlineData("; adkim=s", "news.ichiba.example", "ichiba.example", "CannotTell Weak SignatureUnusable")]
    [InlineData("; adkim=s", "ichiba.example", "news.ichiba.example", "CannotTell Weak SignatureUnusable")]
    public async Task A_domain_that_takes_no_signature_but_its_own_is_not_spoken_for_by_its_neighbours(
        string tag,
        string signer,
        string author,
        string said
    )
    {
        var key = DkimKey.FromRsa(signer, "s1", RsaKeys.Of(2));
        var zone = Zones(
            $$"""{"{{key.DnsName}}":{"TXT":[["{{key.DnsRecord}}"]]}, "_dmarc.ichiba.example":{"TXT":[["v=DMARC1; p=reject{{tag}}"]]} }"""
        );
        Assert.Equal(said, (await CheckAsync(SignedBy(key, Plain($"Ichiba <notice@{author}>", "お知らせ", "本文")), dns: zone)).Said());
    }

    [Fact]
    public async Task A_link_that_shows_the_merchants_address_and_leads_elsewhere_contradicts_a_mail_that_presses()
    {
        const string LinkElsewhere = "<p>{0}</p><a href='https://stranger.example/login'>https://ichiba.example/account</a>";
        Assert.Equal(
            "NotGenuine Strong LinkLeadsElsewhere",
            (
                await CheckAsync(
                    Html("Center <x@stranger.example>", "重要", LinkElsewhere.Replace("{0}", Threat, StringComparison.Ordinal))
                )
            ).Said()
        );
        Assert.Equal(
            VerdictWord.CannotTell,
            (
                await CheckAsync(
                    Html("News <x@stranger.example>", "新着", LinkElsewhere.Replace("{0}", "新商品の紹介です。", StringComparison.Ordinal))
                )
            )
                .Verdict
                .Word
        );
    }

    [Fact]
    public async Task Pasted_text_without_a_header_tells_nothing() =>
        Assert.Equal(
            "CannotTell Weak NotTheOriginal",
            (await CheckAsync("いちば商店からのお知らせです。\r\nhttps://stranger.example/\r\n")).Said()
        );

    [Fact]
    public async Task Every_verdict_says_a_sentence_reasons_and_what_to_do_and_never_the_words_that_we_do_not_use()
    {
        foreach (
            var mail in new[]
            {
                Plain(Own, "お知らせ", "本文"),
                Plain("Ichiba <x@stranger.example>", "お知らせ", Threat),
                Plain("Hanako <h@stranger.example>", "やあ", "本文"),
                "x",
            }
        )
        {
            var verdict = (await CheckAsync(mail)).Verdict;
            Assert.NotEmpty(verdict.Advice);
            Assert.NotEmpty(verdict.Reasons);
            foreach (var words in verdict.Reasons.Select(reason => reason.Text).Append(verdict.Headline).Concat(verdict.Advice))
                Assert.DoesNotMatch("(?i)安全|%|％|SPF|DKIM|DMARC|ARC\\b|\\bsafe\\b", words.Ja + words.En);
        }
    }

    [Theory]
    [InlineData("Ichiba <notice@ichiba.example>", "お知らせ", "本文")]
    [InlineData("Hanako <h@stranger.example>", "Ichiba", "本文")]
    [InlineData("Hanako <h@stranger.example>", "やあ", "本文")]
    [InlineData("Ichiba Fan Club <h@stranger.example>", "やあ", "https://stranger.example/")]
    public async Task Where_we_cannot_tell_the_first_advice_is_not_to_press_its_links(string from, string subject, string text)
    {
        var verdict = (await CheckAsync(Plain(from, subject, text))).Verdict;
        Assert.Equal(VerdictWord.CannotTell, verdict.Word);
        Assert.StartsWith("リンクを押さないでください。", verdict.Advice[0].Ja, StringComparison.Ordinal);
        Assert.StartsWith("Don't press its links", verdict.Advice[0].En, StringComparison.Ordinal);
        Assert.True(verdict.Advice.Length >= 2, "what would settle it");
    }

    private static DnsLookup Zones(string json) => MailAuthentication.Zones.Of(json);

    private static string Header(string from)
    {
        if (Ascii.IsValid(from))
            return from;
        var angle = from.IndexOf('<', StringComparison.Ordinal);
        return $"{Encoded(from[..angle].Trim())} {from[angle..]}";
    }

    private static byte[] Altered(byte[] mail, string text, string replacement) =>
        Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(mail).Replace(text, replacement, StringComparison.Ordinal));
}
