using System.Net;

namespace Shonin.Journeys.Screens;

/// <summary>Limits are counted for each address; a shop of its own keeps them from the other journeys.</summary>
public sealed class LimitJourneys(Shop shop) : IClassFixture<Shop>
{
    [Fact]
    public async Task Asking_too_often_is_answered_with_when_to_come_again()
    {
        using var client = new HttpClient { BaseAddress = new Uri(shop.Address) };
        HttpResponseMessage answer;
        var asked = 0;
        do
            answer = await client.PostAsync("/check", new FormUrlEncodedContent([KeyValuePair.Create("number", "N1"), KeyValuePair.Create("reference", "x")]));
        while (answer.StatusCode == HttpStatusCode.OK && ++asked <= shop.Limits.NoticeChecksPerAddressPerMinute);

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter?.Delta);
    }
}
