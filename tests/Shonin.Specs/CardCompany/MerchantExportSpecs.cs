using System.Security.Cryptography;
using Shonin.CardCompany.Deciding;
using Shonin.CardCompany.Export;
using Shonin.Streams;

namespace Shonin.Specs.CardCompany;

public sealed class MerchantExportSpecs
{
    private static readonly MerchantIdentity merchant = new("12345", "MERCHANT1");

    [Fact]
    public async Task A_decline_stays_beside_the_approval_that_came_later_with_times_and_deliveries()
    {
        await using var run = await CardCompanyRun.StartAsync();
        await run.AskAsync(run.Authorization(1, 10_001, "4000000000009995"));
        run.Clock.Advance(TimeSpan.FromMinutes(4));
        await run.AskAsync(run.Authorization(2, 9_000, "4000000000009995"));
        await run.AskAsync(run.Authorization(2, 9_000, "4000000000009995", mti: "0101"));
        await run.AskAsync(run.Reversal(3, 2, 9_000, "4000000000009995"));
        await run.HangUpAsync();
        var page = await PageAsync(run, merchant);
        Assert.Equal(
            [
                ("authorization", "0100", "000001", "51", "sent", "first"),
                ("authorization", "0100", "000002", "00", "sent", "first"),
                ("authorization", "0101", "000002", "00", "sent", "same"),
                ("reversal", "0420", "000003", "00", "sent", "first"),
            ],
            page.Rows.Select(row => (row.Kind, row.Mti!, row.Stan, row.ResponseCode!, row.Answer, row.Repeat))
        );
        Assert.Equal(CardStory.Start, page.Rows[0].At);
        Assert.Equal(
            ("N1001", "9995", new ExportMoney(10_001, "JPY")),
            (page.Rows[0].OrderNumber, page.Rows[0].Last4, page.Rows[0].Amount)
        );
        Assert.NotNull(page.Rows[1].ApprovalCode);
        Assert.Equal("000002/1124010400", page.Rows[3].Original);
    }

    [Fact]
    public async Task A_merchant_gets_its_own_rows_and_nobody_elses()
    {
        await using var run = await CardCompanyRun.StartAsync();
        await run.AskAsync(run.Authorization(1, 1_000));
        await run.AskAsync(run.Authorization(2, 2_000, merchant: "MERCHANT2"));
        await run.AskAsync(run.Authorization(3, 2_000, merchant: "MERCHANT2").Remove(14));
        await run.AskAsync(run.Authorization(4, 4_000).Remove(14));
        await run.HangUpAsync();
        Assert.Equal(["000001", "000004"], (await PageAsync(run, merchant)).Rows.Select(row => row.Stan));
        Assert.Equal(["000002", "000003"], (await PageAsync(run, new("12345", "MERCHANT2"))).Rows.Select(row => row.Stan));
        Assert.Empty((await PageAsync(run, new("99999", "MERCHANT1"))).Rows);
    }

    [Fact]
    public async Task Paging_goes_on_where_the_last_page_ended()
    {
        await using var run = await CardCompanyRun.StartAsync();
        await run.AskAsync(run.Authorization(1, 1_000));
        await run.HangUpAsync();
        var first = await PageAsync(run, merchant);
        var second = await PageAsync(run, merchant, long.Parse(first.Next, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Single(first.Rows);
        Assert.Empty(second.Rows);
        Assert.Equal(first.Next, second.Next);
    }

    [Fact]
    public async Task The_signature_holds_for_exactly_the_bytes_that_were_signed()
    {
        await using var run = await CardCompanyRun.StartAsync();
        await run.AskAsync(run.Authorization(1, 1_000));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var otherKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var signed = new ExportSigning(key).Sign(await PageAsync(run, merchant));
        Assert.NotNull(signed.Verified(key));
        Assert.Null(signed.Verified(otherKey));

        var payload = Convert.FromBase64String(signed.Payload);
        for (var index = 0; index < payload.Length; index += 7)
        {
            var changed = payload.ToArray();
            changed[index] ^= 1;
            Assert.Null((signed with { Payload = Convert.ToBase64String(changed) }).Verified(key));
        }
        Assert.Null((signed with { Signature = "not base64!" }).Verified(key));
    }

    [Fact]
    public async Task A_new_export_key_replaces_the_old_one_and_opens_one_merchants_export_only()
    {
        await using var run = await CardCompanyRun.StartAsync();
        await using var keys = await ExportKeys.OpenAsync(run.Host, run.Clock, _ => { });
        var first = (await keys.IssueAsync(merchant))!;
        Assert.True(await keys.OpensAsync(first, merchant));
        Assert.False(await keys.OpensAsync(first, new("12345", "MERCHANT2")));
        var second = (await keys.IssueAsync(merchant))!;
        Assert.False(await keys.OpensAsync(first, merchant));
        Assert.True(await keys.OpensAsync(second, merchant));
        await using var afterRestart = await ExportKeys.OpenAsync(run.Host, run.Clock, _ => { });
        Assert.Equal((false, true), (await afterRestart.OpensAsync(first, merchant), await afterRestart.OpensAsync(second, merchant)));
        Assert.DoesNotContain(await run.LogAsync(), stored =>
            System.Text.Encoding.UTF8.GetString(stored.Payload.Span).Contains(second, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_hold_that_expired_is_told_to_its_merchant()
    {
        await using var run = await CardCompanyRun.StartAsync();
        await run.AskAsync(run.Authorization(1, 1_000));
        await run.HangUpAsync();
        run.Clock.Advance(TimeSpan.FromDays(60));
        Assert.IsType<Outcome<CardHistory, CardEvent, CardDecision>.Done>(
            await run.Host.Cards.SubmitAsync(run.Host.Keys.Stream(CardCompanyRun.Approves), new CardCommand.ExpireHolds(default))
        );
        Assert.Equal("holdExpired", (await PageAsync(run, merchant)).Rows[^1].Kind);
    }

    private static Task<ExportPage> PageAsync(CardCompanyRun run, MerchantIdentity merchant, long after = 0) =>
        new MerchantExport(run.Host, run.Clock).PageAsync(merchant, after, CancellationToken.None);
}
