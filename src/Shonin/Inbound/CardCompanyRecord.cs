using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Shonin.Domain.Orders;
using Shonin.Merchant;
using Shonin.Merchant.Views;

namespace Shonin.Inbound;

/// <summary>Where the card company hands out its record of our requests, and how it is known to be the card company's.</summary>
/// <param name="Url">The card company's address; the export stands below it.</param>
/// <param name="Key">The key that it gave us for our export.</param>
/// <param name="PublicKeyPem">What its signatures are checked with, as agreed with it beforehand.</param>
internal sealed record CardCompanyExport(Uri Url, string Key, string PublicKeyPem, string Acquirer, string Merchant, TimeSpan PullEvery);

/// <summary>
/// The card company's own signed record of our requests, fetched page by page and kept by the key of each message. Where it cannot be
/// fetched, or its signature does not hold, timelines go on without it and say so.
/// </summary>
internal sealed class CardCompanyRecord(CardCompanyExport export, HttpClient http, TimeProvider clock, ILogger log)
{
    private readonly ConcurrentDictionary<string, ImmutableArray<CardCompanyRow>> rows = new();
    private CardCompanyEvidence evidence = CardCompanyEvidence.Before(export.Acquirer, export.Merchant);
    private bool wasReached = true;

    /// <summary>What the card company recorded of one order's messages; null before its record was fetched for the first time.</summary>
    public ValueTask<CardCompanyEvidence?> OfAsync(OrderRecord record, CancellationToken cancellation)
    {
        var known = Volatile.Read(ref evidence);
        return ValueTask.FromResult(known.CompleteUntil is null
            ? null
            : known with { Rows = [.. KeysOf(record.Order).SelectMany(key => rows.GetValueOrDefault(key, []))] });
    }

    public async Task RunAsync(CancellationToken cancellation)
    {
        using var cardCompany = ECDsa.Create();
        cardCompany.ImportFromPem(export.PublicKeyPem);
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await CatchUpAsync(cardCompany, cancellation);
                wasReached = true;
                await Task.Delay(export.PullEvery, clock, cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception unreachable) when (unreachable is HttpRequestException or IOException or OperationCanceledException)
            {
                if (wasReached)
                    log.LogWarning("The card company's record cannot be fetched: {Why} Timelines go on without what is newer", unreachable.Message);
                wasReached = false;
                await Task.Delay(export.PullEvery, clock, cancellation);
            }
        }
    }

    private async Task CatchUpAsync(ECDsa cardCompany, CancellationToken cancellation)
    {
        while (true)
        {
            var before = evidence;
            using var request = new HttpRequestMessage(
                HttpMethod.Get, new Uri(export.Url, $"/v1/merchants/{export.Acquirer}/{export.Merchant}/export?after={before.Next}"));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", export.Key);
            using var response = await http.SendAsync(request, cancellation);
            response.EnsureSuccessStatusCode();
            switch (before.Add(await response.Content.ReadAsByteArrayAsync(cancellation), cardCompany))
            {
                case EvidenceReading.Genuine(var after):
                    foreach (var row in after.Rows)
                        rows.AddOrUpdate(row.WireKey, [row], (_, earlier) => earlier.Add(row));
                    Volatile.Write(ref evidence, after with { Rows = [] });
                    if (after.Next == before.Next)
                        return;
                    break;
                case EvidenceReading.NotGenuine(var why):
                    throw new IOException($"The page is not believed: {why}.");
                case EvidenceReading.Unreadable(var why):
                    throw new IOException($"The page cannot be read: {why}.");
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }
    }

    private static IEnumerable<string> KeysOf(Order order)
    {
        foreach (var attempt in order.Attempts)
        {
            yield return attempt.Claim.WireKey;
            if (attempt.Reversal is { } reversal)
                yield return reversal.Claim.WireKey;
        }
        foreach (var shipment in order.Shipments)
            yield return shipment.Claim.WireKey;
    }
}
