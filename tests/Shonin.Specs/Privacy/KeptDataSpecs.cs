using System.Text.RegularExpressions;
using Shonin.Domain.Accounts;
using Shonin.Domain.Privacy;
using Shonin.Settings;

namespace Shonin.Specs.Privacy;

/// <summary>The table of what is kept, against what the program really writes.</summary>
public sealed partial class KeptDataSpecs
{
    /// <summary>
    /// Where sealed documents are made, and what they are. Whoever adds a place says here which kind of the table it is, or gives the table a
    /// new one: why it is kept, on which ground, how long, and what ends it.
    /// </summary>
    private static readonly Dictionary<string, KeptKind[]> places = new()
    {
        ["Shonin.Audit/AuditMonthKeys.cs"] = [KeptKind.StaffTrail],
        ["Shonin.MailChecks/Askers/AnswerBook.cs"] = [KeptKind.CheckAnswers],
        ["Shonin.MailChecks/Reports/MailReports.cs"] = [KeptKind.MailReports],
        ["Shonin.Merchant/Accounts/AccountKind.cs"] = [KeptKind.Account],
        ["Shonin.Merchant/Accounts/MailedCodes.cs"] = [KeptKind.MailedCodes],
        ["Shonin.Merchant/Contacts/ContactBook.cs"] = [KeptKind.Contacts],
        ["Shonin.Merchant/Notices/NoticeMail.cs"] = [KeptKind.Notices],
        ["Shonin.Merchant/Orders/OrderEventJson.cs"] = [KeptKind.OrderPerson],
        ["Shonin.Merchant/Privacy/PersonErasures.cs"] = [KeptKind.ErasureRequests],
        ["Shonin.Streams/StateForm.cs"] = [KeptKind.KeptStates],
    };

    /// <summary>They pass documents on and make none.</summary>
    private static readonly string[] passOn = ["Shonin.Streams/StreamKind.cs"];

    [Fact]
    public void Every_place_that_makes_a_sealed_document_stands_in_the_table_of_what_is_kept()
    {
        var root = Path.Combine(Repository.Root, "src");
        var found = Directory
            .EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Where(file => MakesDocument().IsMatch(File.ReadAllText(file)))
            .Select(file => Path.GetRelativePath(root, file).Replace('\\', '/'))
            .Where(file => !file.StartsWith("Shonin.EventLog/", StringComparison.Ordinal) && !passOn.Contains(file))
            .Order(StringComparer.Ordinal);
        Assert.Equal(places.Keys.Order(StringComparer.Ordinal), found);
    }

    [Fact]
    public void Every_kind_of_document_has_one_entry_and_every_entry_with_documents_a_place()
    {
        var prefixes = KeptData.All(new()).SelectMany(entry => entry.Documents.Select(prefix => (entry.Kind, prefix))).ToList();
        Assert.Equal(prefixes.Count, prefixes.Select(one => one.prefix).Distinct().Count());
        Assert.Equal(places.Values.SelectMany(kinds => kinds).Distinct().Order(), prefixes.Select(one => one.Kind).Distinct().Order());
    }

    [Fact]
    public async Task Documents_that_are_really_written_have_ids_that_the_table_knows()
    {
        await using var scene = await PrivacyScene.OpenAsync();
        var order = await scene.CancelledAsync("key-1");
        await scene.AskedAboutAsync(order, "届きません");
        await scene.AskedAsync("x@example.jp", "教えてください");
        await scene.RegisteredAsync();
        await scene.Codes.SendAsync(PrivacyScene.Hanako, CodePurpose.Recover, "", Domain.Locale.Ja);
        await scene.Erasures.AskAsync("y@example.jp", ErasureAsker.Desk, Domain.Locale.Ja, default);
        var kinds = scene.Shop.Store.Written.Select(document => (document.Id, Kind: KeptData.KindOf(document.Id))).ToList();
        Assert.DoesNotContain(kinds, one => one.Kind is null);
        Assert.Equal(
            [KeptKind.OrderPerson, KeptKind.Notices, KeptKind.Contacts, KeptKind.Account, KeptKind.MailedCodes, KeptKind.ErasureRequests],
            kinds.Select(one => one.Kind!.Value).Distinct().Order()
        );
    }

    [Fact]
    public void Each_entry_says_all_in_both_languages_and_names_a_setting_that_there_is()
    {
        foreach (var entry in KeptData.All(new()))
        {
            foreach (var words in new[] { entry.Name, entry.Purpose, entry.Ground, entry.Long, entry.EndedBy })
            {
                Assert.Matches(@"[\u3040-\u30ff\u4e00-\u9fff]", words.Ja);
                Assert.DoesNotMatch(@"[\u3040-\u30ff\u4e00-\u9fff]", words.En);
            }
            Assert.True(
                entry.Setting is null || KnownSettings.All.Any(setting => setting.Name == entry.Setting),
                $"{entry.Setting} is no setting"
            );
        }
    }

    [Fact]
    public void What_the_settings_say_is_what_the_table_says()
    {
        var policy = new RetentionPolicy { Orders = RetentionPolicy.Years(10), Contacts = TimeSpan.FromDays(400) };
        Assert.Equal("10 years from the last thing that happened in the order", KeptData.Of(KeptKind.OrderPerson, policy).Long.En);
        Assert.Equal("最後のやりとりから400日", KeptData.Of(KeptKind.Contacts, policy).Long.Ja);
    }

    [GeneratedRegex(@"new Document\(|\bDocument \w+\(|List<Document>|consequences\.Keep\(")]
    private static partial Regex MakesDocument();
}
