using System.Net.Http.Headers;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Shonin.Domain.Orders;
using Shonin.Merchant.Orders;
using Shonin.Merchant.Timelines;

namespace Shonin.Orders;

/// <summary>The card company's signed record about an order, or null while it is not at hand.</summary>
public delegate ValueTask<CardCompanyEvidence?> EvidenceSource(OrderRecord record, CancellationToken cancellation);

/// <summary>Where the card company hands out its record of our requests, and how it is known to be the card company's.</summary>
/// <param name="Url">The card company's address; the export stands below it.</param>
/// <param name="Key">The key that it gave us for our export.</param>
/// <param name="PublicKeyPem">What its signatures are checked with, as agreed with it beforehand.</param>
internal sealed record CardCompanyExport(Uri Url, string Key, string PublicKeyPem, string Acquirer, string Merchant, TimeSpan PullEvery);

/// <summary>
/// The card company's own signed record of our requests, fetched page by page and kept in <c>card-company-record.db</c>, so that a restart
/// goes on where the last page ended and memory holds no more than one page. Where it cannot be fetched, or its signature does not hold,
/// timelines go on without it and say so.
/// </summary>
internal sealed class FetchedRecord : IDisposable
{
    public const string FileName = "card-company-record.db";

    private readonly CardCompanyExport export;
    private readonly HttpClient http;
    private readonly TimeProvider clock;
    private readonly ILogger log;
    private readonly FetchedRows rows;
    private readonly ECDsa cardCompany = ECDsa.Create();
    private bool wasReached = true;

    private FetchedRecord(CardCompanyExport export, FetchedRows rows, HttpClient http, TimeProvider clock, ILogger log) =>
        (this.export, this.rows, this.http, this.clock, this.log) = (export, rows, http, clock, log);

    /// <param name="path">The database's file; made where there is none. What it holds of another merchant's number, or under another key,
    ///   is dropped.</param>
    /// <exception cref="ArgumentException">The public key is no key in PEM.</exception>
    /// <exception cref="SqliteException">The file cannot be used.</exception>
    public static FetchedRecord Open(string path, CardCompanyExport export, HttpClient http, TimeProvider clock, ILogger log)
    {
        var record = new FetchedRecord(
            export,
            FetchedRows.Open(path, CardCompanyEvidence.Before(export.Acquirer, export.Merchant), export.PublicKeyPem),
            http,
            clock,
            log
        );
        record.cardCompany.ImportFromPem(export.PublicKeyPem);
        return record;
    }

    /// <summary>
    /// What the card company recorded of one order's messages; null before its record was fetched whole for the first time.
    /// </summary>
    public ValueTask<CardCompanyEvidence?> OfAsync(OrderRecord record, CancellationToken cancellation) =>
        ValueTask.FromResult(rows.EvidenceOf(record.Order));

    /// <summary>The same for one order, from what a server has fetched into its data folder so far; null where that is nothing.</summary>
    /// <exception cref="SqliteException">The file cannot be read.</exception>
    public static CardCompanyEvidence? Read(string path, CardCompanyExport export, Order order)
    {
        using var rows = FetchedRows.OpenToRead(path, CardCompanyEvidence.Before(export.Acquirer, export.Merchant), export.PublicKeyPem);
        return rows?.EvidenceOf(order);
    }

    internal IReadOnlyList<CardCompanyRow> RowsOf(string wireKey) => rows.Of(wireKey);

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                await CatchUpAsync(cancellation);
                wasReached = true;
            }
            catch (Exception unreachable)
                when (unreachable is HttpRequestException or IOException
                    || (unreachable is OperationCanceledException && !cancellation.IsCancellationRequested)
                )
            {
                if (wasReached)
                {
                    log.LogWarning(
                        "The card company's record cannot be fetched: {Why} Timelines go on without what is newer",
                        unreachable.Message
                    );
                }

                wasReached = false;
            }
            await Task.Delay(export.PullEvery, clock, cancellation);
        }
    }

    /// <summary>Fetches page after page until one says that there is nothing more.</summary>
    /// <exception cref="HttpRequestException">The card company cannot be reached, refuses, or sends more than a page may hold.</exception>
    /// <exception cref="IOException">What came is not believed, or cannot be read.</exception>
    internal async Task CatchUpAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var before = rows.Known;
            using var request = new HttpRequestMessage(
                HttpMethod.Get,
                new Uri(export.Url, $"/v1/merchants/{export.Acquirer}/{export.Merchant}/export?after={before.Next}")
            );
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", export.Key);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            response.EnsureSuccessStatusCode();
            await response.Content.LoadIntoBufferAsync(CardCompanyEvidence.PageSizeMaxBytes, cancellation);
            switch (before.Add(await response.Content.ReadAsByteArrayAsync(cancellation), cardCompany))
            {
                case CardCompanyEvidenceReading.Genuine(var after):
                    rows.Add(after);
                    if (after.Next == before.Next)
                        return;
                    break;
                case CardCompanyEvidenceReading.NotGenuine(var why):
                    throw new IOException($"The page is not believed: {why}.");
                case CardCompanyEvidenceReading.Unreadable(var why):
                    throw new IOException($"The page cannot be read: {why}.");
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }
    }

    public void Dispose()
    {
        rows.Dispose();
        cardCompany.Dispose();
    }
}
