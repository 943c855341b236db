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
        {
            answer = await client.PostAsync(
                "/check",
                new FormUrlEncodedContent([KeyValuePair.Create("number", "N1"), KeyValuePair.Create("reference", "x")])
            );
        } while (answer.StatusCode == HttpStatusCode.OK && ++asked <= shop.Limits.NoticeMissesPerAddressPerMinute);

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter?.Delta);
    }

    [Fact]
    public async Task A_right_number_is_answered_however_often_others_or_the_same_address_missed()
    {
        using var client = new HttpClient { BaseAddress = new Uri(shop.Address) };
        var order = (await shop.PlaceAsync("51")).Order;
        var reference = $"{order.Notices[0].Notice.Reference}";
        Task<HttpResponseMessage> AskAsync(string number, string asked) =>
            client.PostAsync(
                "/check",
                new FormUrlEncodedContent([KeyValuePair.Create("number", number), KeyValuePair.Create("reference", asked)])
            );

        var misses = await Task.WhenAll(
            Enumerable.Range(0, shop.Limits.NoticeMissesPerAddressPerMinute + 1).Select(_ => AskAsync(order.Number, "x"))
        );
        var right = await AskAsync(order.Number, reference);

        Assert.Contains(misses, miss => miss.StatusCode == HttpStatusCode.TooManyRequests);
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
    }
}
