namespace Shonin.Journeys.Mail;

/// <summary>The journeys that need the merchant with real mail servers on both sides share one start of them.</summary>
[CollectionDefinition(nameof(ForwardingHouses))]
public sealed class ForwardingHouses : ICollectionFixture<ForwardingHouse>;

/// <summary>A mail server takes a notice, cannot deliver it, and sends its report back to where the notice said.</summary>
[Collection(nameof(ForwardingHouses))]
public sealed class BouncedNoticeJourney(ForwardingHouse house)
{
    [Fact]
    public async Task A_notice_that_a_real_server_sends_back_is_known_to_have_reached_nobody()
    {
        var (order, notices) = await house.LoseNoticeAsync();

        var received = notices["items"]!.AsArray()[0]!;
        Assert.NotNull((string?)received["sentAt"]);
        Assert.NotNull((string?)received["undeliverableAt"]);
        Assert.Contains("The mailbox has moved", await house.ReadTimelineAsync(order), StringComparison.Ordinal);
    }
}
