using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Shonin.Domain.Help;
using Shonin.EventLog.Secrets;
using Shonin.EventLog.Verification;

namespace Shonin.Demo;

/// <summary>What the product promises, held against what really happened. A promise that was not kept makes the demo end with 1.</summary>
internal sealed class DemoPromises(DemoShop shop, string folder, TextWriter output)
{
    private static readonly string[] cardNumbers =
    [
        "4242424242424242",
        "4000000000000119",
        "4000000000000135",
        "4000000000000259",
        "4000000000000002",
        "3566002020360505",
    ];

    private readonly List<string> broken = [];
    private int kept;

    public bool AllKept => broken.Count == 0;

    public void Keep(JsonElement order, string promise, bool isKept) =>
        Keep($"{order.GetProperty("number").GetString()} {promise}", isKept);

    public void Keep(string promise, bool isKept)
    {
        if (isKept)
            kept++;
        else
            broken.Add(promise);
    }

    /// <summary>The promises about an order that has come to its end.</summary>
    public async Task HoldAsync(ToldOrder told, CancellationToken cancellation)
    {
        var notices = await shop.NoticesAsync(told.Id, cancellation);
        var (problems, outcomes) = (Count(notices, "problem"), Count(notices, "outcome"));
        Keep($"{told.Number} has one outcome notice for each problem notice", problems <= 1 && problems == outcomes);
        Keep($"{told.Number}: no mail names a card by the digits that prove it", !notices.Any(NamesCardByDigits));
        await KeepInTimeAsync(
            $"{told.Number} has every notice as a signed mail",
            () => Task.FromResult(notices.All(HasSignedMail)),
            cancellation
        );
        await KeepInTimeAsync(
            $"{told.Number}: the two records come to {told.ExpectedFinding ?? "a finding"}",
            async () =>
                await shop.TimelineAsync(told.Id, "en", cancellation) is var timeline
                && (told.ExpectedFinding is { } expected ? FindingOf(timeline) == expected : FindingOf(timeline) is not null)
                && IsCaughtUp(timeline),
            cancellation
        );
    }

    /// <summary>
    /// Whoever has heard at the card company that nothing was refused is told what the two records say, two steps from the notice.
    /// </summary>
    public async Task HoldInHelpAsync(ToldOrder told, CancellationToken cancellation)
    {
        var expected = told.ExpectedFinding switch
        {
            "requestNeverArrived" or "answerLost" => "Your card company hasn't refused this order.",
            "declinedThenApproved" => "We have a record of an answer that says no.",
            _ => null,
        };
        if (expected is not null)
        {
            await KeepInTimeAsync(
                $"{told.Number}: help answers from the two records",
                async () =>
                    (await shop.HelpAsync(told.Id, HelpQuestion.CardCompanyKnowsNothing, cancellation)).Contains(
                        expected,
                        StringComparison.Ordinal
                    ),
                cancellation
            );
        }
    }

    /// <summary>The promises about everything: two unbroken logs, and no card number outside the vault.</summary>
    public async Task HoldAtEndAsync(CancellationToken cancellation)
    {
        foreach (var log in await LogVerification.VerifyFolderAsync(folder, null, cancellation))
            Keep($"the log {log.Name} verifies ({log.Events} events): {log.Problem?.Describe() ?? "unbroken"}", log.Problem is null);
        var leaks = Directory
            .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(HoldsCardNumber)
            .Select(Path.GetFileName)
            .ToList();
        Keep($"no file holds a card number in clear{(leaks.Count == 0 ? "" : ": " + string.Join(", ", leaks))}", leaks.Count == 0);
    }

    public void Report()
    {
        output.WriteLine();
        foreach (var promise in broken)
            output.WriteLine($"NOT KEPT: {promise}");
        output.WriteLine(
            AllKept ? $"Every promise held ({kept} checked)." : $"{broken.Count} of {kept + broken.Count} promises were not kept."
        );
    }

    private async Task KeepInTimeAsync(string promise, Func<Task<bool>> look, CancellationToken cancellation)
    {
        try
        {
            Keep(promise, await DemoShop.UntilAsync(promise, look, isKept => isKept, cancellation));
        }
        catch (CannotGoOnException)
        {
            Keep(promise, false);
        }
    }

    /// <summary>Four digits that stand by themselves; those of a parcel's number or of the notice's own are no card's.</summary>
    private static bool NamesCardByDigits(JsonElement notice)
    {
        var text = $"{notice.GetProperty("subject").GetString()}\n{notice.GetProperty("text").GetString()}".Replace(
            notice.GetProperty("reference").GetString()!,
            "",
            StringComparison.Ordinal
        );
        return cardNumbers.Any(number =>
            Regex.IsMatch(text, $"(?<![0-9A-Z-]){number[^4..]}(?![0-9A-Z-])", RegexOptions.None, TimeSpan.FromSeconds(1))
        );
    }

    private bool HasSignedMail(JsonElement notice)
    {
        var messageId = notice.GetProperty("messageId").GetString()!;
        return Directory.Exists(Path.Combine(folder, "mail"))
            && Directory
                .EnumerateFiles(Path.Combine(folder, "mail"), "*.eml")
                .Select(File.ReadAllText)
                .Any(mail =>
                    mail.Contains(messageId, StringComparison.Ordinal)
                    && mail.Contains("a=rsa-sha256", StringComparison.Ordinal)
                    && mail.Contains("a=ed25519-sha256", StringComparison.Ordinal)
                );
    }

    private static bool HoldsCardNumber(string path)
    {
        try
        {
            using var file = OwnerOnly.OpenToRead(path);
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return cardNumbers.Any(number => bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(number)) >= 0);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false; // A file that came and went while we looked.
        }
    }

    private static int Count(IEnumerable<JsonElement> notices, string kind) =>
        notices.Count(notice => notice.GetProperty("kind").GetString() == kind);

    /// <summary>The card company's record reaches to the approval that ended the story.</summary>
    private static bool IsCaughtUp(JsonElement timeline) =>
        timeline.GetProperty("items").EnumerateArray().Count(IsApproval)
        >= timeline.GetProperty("items").EnumerateArray().Count(item => item.GetProperty("kind").GetString() == "attemptApproved")
            + (FindingOf(timeline) == "answerLost" ? 1 : 0);

    private static bool IsApproval(JsonElement item) =>
        item.GetProperty("side").GetString() == "cardCompany"
        && item.GetProperty("kind").GetString() == "authorization"
        && !item.GetProperty("evidence").GetString()!.Contains("· 05", StringComparison.Ordinal);

    private static string? FindingOf(JsonElement timeline) =>
        timeline.TryGetProperty("finding", out var finding) && finding.ValueKind == JsonValueKind.Object
            ? finding.GetProperty("code").GetString()
            : null;
}
