using CsCheck;
using Shonin.Domain.Proofs;
using Shonin.MailChecks;

namespace Shonin.Specs.MailChecks;

public sealed class CampaignSpecs
{
    private static readonly DateTimeOffset firstDay = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);

    private static readonly string[] names = ["山田 花子", "佐藤 一郎", "Suzuki Taro", "田中", "高橋 美咲"];

    [Fact]
    public void A_kit_with_other_names_numbers_and_links_is_one_campaign()
    {
        var mails = Enumerable
            .Range(0, 5)
            .Select(index => ApprovalKit($"r{index}", names[index], 10_000 + index * 777, $"pay{index}.evil{index}.example"))
            .ToArray();

        var campaign = Assert.Single(Campaign.Group(mails));
        Assert.Equal(5, campaign.Reports.Length);
        Assert.Equal((mails[0].Report, mails[0].ReceivedAt, mails[4].ReceivedAt), (campaign.Name, campaign.FirstSeen, campaign.LastSeen));
    }

    [Fact]
    public void Two_kits_are_two_campaigns_although_both_speak_of_the_same_shop()
    {
        var mails = new[]
        {
            ApprovalKit("a1", names[0], 1, "one.example"),
            PointsKit("b1", names[0], "two.example"),
            ApprovalKit("a2", names[1], 2, "three.example"),
            PointsKit("b2", names[2], "four.example"),
        };

        Assert.Equal(
            ["a1,a2", "b1,b2"],
            Campaign.Group(mails).Select(campaign => string.Join(',', campaign.Reports.Select(mail => mail.Report))).Order()
        );
    }

    [Fact]
    public void A_mail_too_short_to_tell_is_alike_only_under_one_subject_and_with_one_place_to_go()
    {
        var first = Mail("s1", 0, "至急ご確認ください 123", "こちら", "short.example");
        Assert.Single(Campaign.Group([first, Mail("s2", 1, "【至急】ご確認ください 456", "リンク", "short.example")]));
        Assert.Equal(2, Campaign.Group([first, Mail("s3", 1, "至急ご確認ください 456", "リンク", "other.example", "b.example")]).Length);
        Assert.Equal(2, Campaign.Group([first, Mail("s4", 1, "別の件名のお知らせです", "こちら", "short.example")]).Length);
    }

    [Fact]
    public void Nothing_reported_is_no_campaign() => Assert.Empty(Campaign.Group([]));

    [Fact]
    public void The_order_of_the_reports_changes_nothing()
    {
        var mails = Enumerable
            .Range(0, 12)
            .Select(index =>
                index % 3 == 0
                    ? PointsKit($"r{index:00}", names[index % 5], $"p{index}.example")
                    : ApprovalKit($"r{index:00}", names[index % 5], index * 1_000, $"a{index}.example")
            )
            .ToArray();
        var expected = Told(Campaign.Group(mails));

        Gen.Shuffle(mails).Sample(shuffled => Told(Campaign.Group(shuffled)) == expected);
    }

    private static string Told(IEnumerable<Campaign> campaigns) =>
        string.Join(" | ", campaigns.Select(campaign => string.Join(',', campaign.Reports.Select(mail => mail.Report))));

    private static ReportedMail ApprovalKit(string report, string name, int yen, string host) =>
        Mail(
            report,
            yen / 100,
            $"【重要】ご注文 {yen}円 のお支払いについて",
            $"""
            {name} 様
            いつも証商店をご利用いただき、ありがとうございます。
            ご注文(番号 {yen * 7}、{yen}円)について、クレジットカードの利用承認が得られませんでした。
            24時間以内にお支払い情報を更新されない場合、アカウントを停止いたします。
            下のボタンから、カード番号と暗証番号を入力して、ご本人であることを確認してください。
            https://{host}/update?id={yen}
            """,
            host
        );

    private static ReportedMail PointsKit(string report, string name, string host) =>
        Mail(
            report,
            name.Length,
            "ポイントの有効期限のお知らせ",
            $"""
            {name} 様
            お持ちのポイント 5,000 点は、今月末で失効します。失効する前に、ギフト券へ交換できます。
            交換をご希望の方は、次のページからログインし、受け取り方法をお選びください。抽選で旅行券も当たります。
            https://{host}/points
            """,
            host
        );

    private static ReportedMail Mail(string report, int minutes, string subject, string text, string host, string sender = "a.example") =>
        new(
            report,
            firstDay.AddMinutes(minutes),
            MailTraits.Of([sender], new MailContent(subject, text, "", text, [new("", $"https://{host}/", host, null)]))
        );
}
