using Shonin.Domain.Notices;

namespace Shonin.Specs.Notices;

public sealed class SpokenTimeSpecs
{
    [Theory]
    [InlineData(0, "1秒", "1 second")]
    [InlineData(30, "30秒", "30 seconds")]
    [InlineData(60, "1分", "1 minute")]
    [InlineData(90, "1分30秒", "1 minute 30 seconds")]
    [InlineData(239.97, "4分", "4 minutes")]
    [InlineData(300, "5分", "5 minutes")]
    [InlineData(3_599, "1時間", "1 hour")]
    [InlineData(3_600, "1時間", "1 hour")]
    [InlineData(5_400, "1時間30分", "1 hour 30 minutes")]
    [InlineData(7_200, "2時間", "2 hours")]
    [InlineData(86_399, "1日", "1 day")]
    [InlineData(129_600, "1日12時間", "1 day 12 hours")]
    [InlineData(172_800, "2日", "2 days")]
    public void A_length_is_said_as_people_say_it(double seconds, string japanese, string english) =>
        Assert.Equal(new Words(japanese, english), SpokenTime.Length(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(60, "1時間後の11月24日(火)11:02 (日本時間)", "in 1 hour, on Tue 24 Nov, 11:02 (Japan time)")]
    [InlineData(24 * 60, "翌日の11月25日(水)10:02 (日本時間)", "the next day, on Wed 25 Nov, 10:02 (Japan time)")]
    [InlineData(11 * 60, "11時間後の11月24日(火)21:02 (日本時間)", "in 11 hours, on Tue 24 Nov, 21:02 (Japan time)")]
    [InlineData(48 * 60, "2日後の11月26日(木)10:02 (日本時間)", "in 2 days, on Thu 26 Nov, 10:02 (Japan time)")]
    public void A_time_to_come_is_said_with_how_far_off_it_is(int minutes, string japanese, string english) =>
        Assert.Equal(
            new Words(japanese, english),
            new SpokenTime("Asia/Tokyo").FromNow(OrderStory.Morning.AddMinutes(minutes), OrderStory.Morning)
        );

    [Theory]
    [InlineData("ヤマト運輸", "ヤマト運輸", "Yamato Transport")]
    [InlineData("佐川急便", "佐川急便", "Sagawa Express")]
    [InlineData("ゆうパック", "ゆうパック", "Japan Post")]
    [InlineData("sagawa", "佐川急便", "Sagawa Express")]
    [InlineData("ヤマト運輸(宅急便コンパクト)", "ヤマト運輸(宅急便コンパクト)", "Yamato Transport")]
    [InlineData("ﾔﾏﾄ運輸", "ﾔﾏﾄ運輸", "Yamato Transport")]
    [InlineData("JP", "日本郵便", "Japan Post")]
    [InlineData("日通", "日通", "Nippon Express")]
    [InlineData("福山市の運送屋", "福山市の運送屋", "福山市の運送屋")]
    [InlineData("町の運送\n屋", "町の運送 屋", "町の運送 屋")]
    public void A_carrier_is_called_by_its_name_in_the_readers_language(string written, string japanese, string english) =>
        Assert.Equal(new Words(japanese, english), Carriers.NameOf(written));
}
