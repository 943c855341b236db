using System.Net;
using System.Text.RegularExpressions;
using MimeKit;
using Shonin.Specs.Web;

namespace Shonin.Specs.Accounts;

/// <summary>What leaves the house when somebody registers, with everything put together as <c>shonin serve</c> does.</summary>
[RealParts]
public sealed partial class AccountMailSpecs
{
    private const string Address = "hanako@example.com";

    [Fact]
    public async Task A_code_leaves_as_a_signed_mail_without_a_link_and_opens_the_account_and_a_new_password_is_told()
    {
        await using var shop = await RunningShop.OpenAsync();
        var page = await PostAsync(shop, "/account/sign-up", ("address", Address));
        using var code = await MailAsync(shop, "code");
        Assert.Equal(Address, code.To.Mailboxes.Single().Address);
        Assert.Equal("auto-generated", code.Headers[HeaderId.AutoSubmitted]);
        Assert.True(code.Headers.Contains(HeaderId.DkimSignature));
        Assert.DoesNotContain("http", code.TextBody + code.HtmlBody, StringComparison.Ordinal);
        var digits = Digits().Match(code.Subject!).Value;
        Assert.Contains(digits, code.TextBody, StringComparison.Ordinal);

        page = await PostAsync(shop, "/account/sign-up/code", ("ticket", TicketIn(page)), ("code", digits));
        await PostAsync(shop, "/account/sign-up/password", ("ticket", TicketIn(page)), ("password", "three beans and a pot"));

        File.Delete(FileOf(shop, "code")!);
        page = await PostAsync(shop, "/account/recover", ("address", Address));
        using var second = await MailAsync(shop, "code");
        page = await PostAsync(shop, "/account/recover/code", ("ticket", TicketIn(page)), ("code", Digits().Match(second.Subject!).Value));
        await PostAsync(shop, "/account/recover/password", ("ticket", TicketIn(page)), ("password", "four beans and a lid"));
        using var news = await MailAsync(shop, "account");
        Assert.Equal("Your account's password was changed", news.Subject);
        Assert.DoesNotContain("http", news.TextBody + news.HtmlBody, StringComparison.Ordinal);
    }

    private static async Task<MimeMessage> MailAsync(RunningShop shop, string kind)
    {
        await Eventually.IsSoAsync($"a mail of the kind {kind} has left", () => FileOf(shop, kind) is not null);
        return await MimeMessage.LoadAsync(FileOf(shop, kind)!);
    }

    private static string? FileOf(RunningShop shop, string kind)
    {
        var folder = Path.Combine(shop.Folder, "mail");
        return Directory.Exists(folder) ? Directory.GetFiles(folder, $"*-{kind}-*.eml").SingleOrDefault() : null;
    }

    private static async Task<string> PostAsync(RunningShop shop, string path, params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        using var answer = await shop.Client.PostAsync(new Uri(shop.Address, $"{path}?lang=en"), form);
        Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.SeeOther, $"{path}: {answer.StatusCode}");
        return await answer.Content.ReadAsStringAsync();
    }

    private static string TicketIn(string page) => TicketField().Match(page).Groups[1].Value;

    [GeneratedRegex("name=\"ticket\" value=\"([^\"]*)\"")]
    private static partial Regex TicketField();

    [GeneratedRegex("[0-9]{4} [0-9]{4}")]
    private static partial Regex Digits();
}
