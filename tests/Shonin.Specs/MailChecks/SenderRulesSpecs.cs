using Shonin.MailChecks;
using static Shonin.Specs.MailChecks.Forwarding;

namespace Shonin.Specs.MailChecks;

public sealed class SenderRulesSpecs
{
    private static readonly SenderRules rules = new(ShopAddress, ["orders@shop.example.jp"], TimeSpan.FromDays(7));

    [Fact]
    public async Task A_person_whose_domain_vouches_for_the_mail_is_answered_at_the_address_in_From()
    {
        Assert.Equal(new Correspondence.Answered(Customer), await DecideAsync(Signed(Mail(Fields, "hello"))));
        Assert.Equal(
            new Correspondence.Answered(Customer),
            await DecideAsync(Signed(Mail(With("Reply-To: <victim@stranger.example>"), "hello")))
        );
    }

    public static TheoryData<string, string> Silent =>
        new()
        {
            { "Return-Path: <>", nameof(WhyUnanswered.NullReturnPath) },
            { "Auto-Submitted: auto-replied", nameof(WhyUnanswered.Automatic) },
            { "Auto-Submitted: auto-generated; owner=x", nameof(WhyUnanswered.Automatic) },
            { "Precedence: bulk", nameof(WhyUnanswered.Bulk) },
            { "Precedence: LIST", nameof(WhyUnanswered.Bulk) },
            { "Precedence: junk", nameof(WhyUnanswered.Bulk) },
            { "List-Id: <talk.example.com>", nameof(WhyUnanswered.List) },
            { "From: <mailer-daemon@example.com>", nameof(WhyUnanswered.Machine) },
            { "From: <no-reply@example.com>", nameof(WhyUnanswered.Machine) },
            { "From: <check@shop.example.jp>", nameof(WhyUnanswered.Ourselves) },
            { "From: <ORDERS@shop.example.jp>", nameof(WhyUnanswered.Ourselves) },
            { "From: <hanako@example.com>, <taro@example.com>", nameof(WhyUnanswered.SenderUnclear) },
            { "From: hanako", nameof(WhyUnanswered.SenderUnclear) },
            { "From: <hanako@stranger.example>", nameof(WhyUnanswered.SenderNotProved) },
            { "To: <taro@example.com>", nameof(WhyUnanswered.NotToUs) },
            { "Date: Mon, 16 Nov 2026 10:00:00 +0900", nameof(WhyUnanswered.NotOfThisTime) },
            { "Date: Mon, 30 Nov 2026 10:00:00 +0900", nameof(WhyUnanswered.NotOfThisTime) },
            { "Date: ", nameof(WhyUnanswered.NotOfThisTime) },
        };

    [Theory]
    [MemberData(nameof(Silent))]
    public async Task Whoever_must_not_be_answered_is_not(string field, string why) =>
        Assert.Equal(new Correspondence.Unanswered(Enum.Parse<WhyUnanswered>(why)), await DecideAsync(Signed(Mail(With(field), "hello"))));

    [Theory]
    [InlineData("Auto-Submitted: no")]
    [InlineData("Precedence: first-class")]
    [InlineData("Return-Path: <bounces+7@example.com>")]
    [InlineData("Date: Wed, 18 Nov 2026 10:00:00 +0900")]
    [InlineData("To: Shop <CHECK@shop.example.jp>, <taro@example.com>")]
    [InlineData("From: \"hanako@example.com\" <hanako@example.com>")]
    public async Task What_only_resembles_those_is_answered(string field) =>
        Assert.Equal(new Correspondence.Answered(Customer), await DecideAsync(Signed(Mail(With(field), "hello"))));

    [Fact]
    public async Task Without_a_signature_or_with_a_broken_one_nobody_is_answered()
    {
        var proved = new Correspondence.Unanswered(WhyUnanswered.SenderNotProved);
        Assert.Equal(proved, await DecideAsync(Mail(Fields, "hello")));
        var altered = Signed(Mail(Fields, "hello"));
        altered[^1] ^= 1;
        Assert.Equal(proved, await DecideAsync(altered));
    }

    [Fact]
    public async Task A_signed_mail_to_somebody_else_that_is_sent_on_with_our_address_added_is_not_answered()
    {
        var toNobody = Signed(Mail(With("To: "), "hello"), "From", "Subject", "Date");
        byte[] sentOn = [.. System.Text.Encoding.ASCII.GetBytes($"To: <{ShopAddress}>\r\n"), .. toNobody];
        Assert.Equal(new Correspondence.Unanswered(WhyUnanswered.NotToUs), await DecideAsync(sentOn));

        var toTaro = Signed(Mail(With("To: <taro@example.com>"), "hello"), "From", "To", "Date", "Message-ID");
        byte[] copiedToUs = [.. System.Text.Encoding.ASCII.GetBytes($"Cc: <{ShopAddress}>\r\n"), .. toTaro];
        Assert.Equal(new Correspondence.Unanswered(WhyUnanswered.NotToUs), await DecideAsync(copiedToUs));
    }

    [Fact]
    public async Task A_provider_that_signs_no_recipient_but_date_and_message_id_suffices() =>
        Assert.Equal(
            new Correspondence.Answered(Customer),
            await DecideAsync(Signed(Mail(Fields, "hello"), "From", "Date", "Subject", "Message-ID", "Content-Type", "MIME-Version"))
        );

    [Fact]
    public async Task While_dns_is_away_it_is_not_decided() =>
        Assert.IsType<Correspondence.Undecided>(await DecideAsync(Signed(Mail(With("From: <hanako@silent.example>"), "hello"))));

    [Fact]
    public async Task The_mailbox_s_own_server_is_believed_where_the_settings_say_so_and_nobody_else_is()
    {
        var vouched = Mail(["Authentication-Results: mx.shop.example.jp; dmarc=pass header.from=example.com", .. Fields], "hello");
        Assert.Equal(new Correspondence.Answered(Customer), await DecideAsync(vouched, "mx.shop.example.jp"));
        Assert.Equal(new Correspondence.Unanswered(WhyUnanswered.SenderNotProved), await DecideAsync(vouched));
        Assert.Equal(new Correspondence.Unanswered(WhyUnanswered.SenderNotProved), await DecideAsync(vouched, "mx.example.com"));
        var forAnother = Mail(["Authentication-Results: mx.shop.example.jp; dmarc=pass header.from=stranger.example", .. Fields], "hello");
        Assert.Equal(new Correspondence.Unanswered(WhyUnanswered.SenderNotProved), await DecideAsync(forAnother, "mx.shop.example.jp"));
    }

    private static async Task<Correspondence> DecideAsync(byte[] mail, params string[] trusted)
    {
        var message = Parse(mail);
        return rules.Decide(message, await Authenticator(null, trusted).CheckAsync(message, Now), Now);
    }
}
