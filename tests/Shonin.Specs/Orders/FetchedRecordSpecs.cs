using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Shonin.Domain;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Merchant.Orders;
using Shonin.Merchant.Timelines;
using Shonin.Orders;
using Shonin.Specs.EventLog;
using Shonin.Specs.Notices;
using FetchedRecord = Shonin.Orders.FetchedRecord;

namespace Shonin.Specs.Orders;

/// <summary>The card company's record of our requests, over restarts of ours.</summary>
[RealParts]
public sealed class FetchedRecordSpecs : IDisposable
{
    private static readonly DateTimeOffset at = new(2026, 11, 24, 1, 2, 3, TimeSpan.Zero);

    private readonly DataFolder folder = new();
    private readonly ExportingHost cardCompany = new();

    public void Dispose()
    {
        cardCompany.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task A_restart_goes_on_where_the_last_page_ended_and_still_knows_the_rows_before()
    {
        var key = cardCompany.AddRow("000001", "51");
        using (var first = Open())
            await first.CatchUpAsync(CancellationToken.None);
        Assert.Equal(["0", "1"], cardCompany.Asked);

        cardCompany.AddRow("000001", "00");
        using var second = Open();
        Assert.Equal(["51"], RowsOf(second, key));
        await second.CatchUpAsync(CancellationToken.None);
        Assert.Equal(["0", "1", "1", "2"], cardCompany.Asked);
        Assert.Equal(["51", "00"], RowsOf(second, key));
        Assert.Empty(RowsOf(second, "1124010203-999999"));
    }

    [Fact]
    public async Task Rows_of_another_merchant_s_number_or_under_another_key_are_fetched_anew()
    {
        var key = cardCompany.AddRow("000001", "51");
        using (var first = Open())
            await first.CatchUpAsync(CancellationToken.None);
        cardCompany.ChangeKey();
        using (var other = Open())
        {
            Assert.Empty(RowsOf(other, key));
            await other.CatchUpAsync(CancellationToken.None);
            Assert.Equal(["51"], RowsOf(other, key));
        }
        Assert.Equal(["0", "1", "0", "1"], cardCompany.Asked);
    }

    /// <summary>The verb says what the page says: it reads what the server has fetched, beside it, and changes nothing.</summary>
    [Fact]
    public async Task Beside_a_running_server_the_record_of_one_order_is_read_as_its_page_has_it()
    {
        var story = OrderStory.Placed(Locale.Ja).Ask().Silent();
        var order = story.Order;
        var claim = order.Attempts[0].Claim;
        Assert.Null(Read(order));
        using var server = Open();
        Assert.Null(Read(order));
        cardCompany.AddRow($"{claim.Stan:000000}", "00", claim.TransmittedAt);
        await server.CatchUpAsync(CancellationToken.None);

        var record = new OrderRecord(order, null, null, story.History.Count, story.History);
        var page = Timeline.RecordOf(record, await server.OfAsync(record, CancellationToken.None)).Of(1);
        Assert.Equal(RecordedFate.Approved, page.Fate);
        Assert.Equal(page, Timeline.RecordOf(record, Read(order)).Of(1));
        cardCompany.ChangeKey();
        Assert.Null(Read(order));
    }

    [Fact]
    public async Task A_page_larger_than_any_page_is_not_read_to_its_end()
    {
        cardCompany.AddRow("000001", "51");
        cardCompany.Padding = CardCompanyEvidence.PageSizeMaxBytes;
        using var record = Open();
        await Assert.ThrowsAsync<HttpRequestException>(() => record.CatchUpAsync(CancellationToken.None));
    }

    private string File => Path.Combine(folder.Path, FetchedRecord.FileName);

    private CardCompanyExport Export =>
        new(new Uri("https://card-company.example"), "key", cardCompany.PublicKeyPem, "12345", "SHOP", TimeSpan.FromMinutes(1));

    private CardCompanyEvidence? Read(Order order) => FetchedRecord.Read(File, Export, order);

    private FetchedRecord Open() =>
        FetchedRecord.Open(File, Export, new HttpClient(cardCompany, disposeHandler: false), TimeProvider.System, NullLogger.Instance);

    private static IEnumerable<string?> RowsOf(FetchedRecord record, string wireKey) =>
        record.RowsOf(wireKey).Select(row => row.ResponseCode);

    /// <summary>The card company's side of HTTP: signed pages of one row each.</summary>
    private sealed class ExportingHost : HttpMessageHandler
    {
        private readonly List<object> rows = [];
        private ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        public List<string> Asked { get; } = [];
        public int Padding { get; set; }
        public string PublicKeyPem => key.ExportSubjectPublicKeyInfoPem();

        public string AddRow(string stan, string responseCode, DateTimeOffset? transmittedAt = null)
        {
            rows.Add(
                new
                {
                    at = at,
                    kind = "authorization",
                    mti = "0100",
                    stan,
                    transmittedAt = transmittedAt ?? at,
                    rrn = "R",
                    responseCode,
                    approvalCode = (string?)null,
                    answer = "sent",
                }
            );
            return $"1124010203-{stan}";
        }

        public void ChangeKey()
        {
            key.Dispose();
            key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var after = int.Parse(request.RequestUri!.Query.Split('=')[1], System.Globalization.CultureInfo.InvariantCulture);
            Asked.Add(after.ToString(System.Globalization.CultureInfo.InvariantCulture));
            var page = rows.Skip(after).Take(1).ToList();
            var payload = JsonSerializer.SerializeToUtf8Bytes(
                new
                {
                    schema = CardCompanyEvidence.Schema,
                    acquirer = "12345",
                    merchant = "SHOP",
                    issuedAt = at + TimeSpan.FromDays(1),
                    after = $"{after}",
                    rows = page,
                    next = $"{after + page.Count}",
                }
            );
            var export = JsonSerializer.Serialize(
                new
                {
                    schema = CardCompanyEvidence.Schema,
                    payload,
                    signature = key.SignData(payload, HashAlgorithmName.SHA256),
                    key = "",
                }
            );
            return Task.FromResult(
                new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(export + new string(' ', Padding)) }
            );
        }

        protected override void Dispose(bool disposing)
        {
            key.Dispose();
            base.Dispose(disposing);
        }
    }
}
