using System.Net;
using System.Text.RegularExpressions;
using OtpNet;
using Shonin.Domain.Accounts;
using Shonin.Specs.Web;

namespace Shonin.Specs.Staff;

/// <summary>Somebody comes to the desk, by the pages alone.</summary>
internal static partial class AtTheDesk
{
    public const string Password = "three beans and a pot";

    /// <summary>Whoever has this admin key.</summary>
    public static async Task<Visitor> ByKeyAsync(string address, string key)
    {
        var admin = new Visitor(address);
        Assert.Equal(HttpStatusCode.SeeOther, (await admin.PostAsync("/desk/sign-in", ("key", key))).Status);
        return admin;
    }

    /// <summary>A colleague of this role, signed in.</summary>
    public static async Task<Visitor> JoinedAsync(RunningShop shop, AccountRole role)
    {
        using var admin = await ByKeyAsync(shop.Address.AbsoluteUri, shop.NewKey());
        var colleague = new Visitor(shop.Address.AbsoluteUri);
        await JoinAsync(colleague, await InviteAsync(admin, $"{role}@shop.example", role));
        return colleague;
    }

    public static async Task<string> InviteAsync(Visitor admin, string address, AccountRole role)
    {
        var form = FormIn((await admin.GetAsync("/desk/staff")).Page);
        var (status, page) = await admin.PostAsync(
            "/desk/staff",
            ("form", form),
            ("name", "花子"),
            ("address", address),
            ("role", role.ToString())
        );
        Assert.Equal(HttpStatusCode.OK, status);
        return new Uri(LinkField().Match(page).Groups[1].Value).AbsolutePath;
    }

    /// <returns>The secret of the authenticator app, and the code that was typed.</returns>
    public static async Task<(string Secret, string Code)> JoinAsync(Visitor colleague, string link, string password = Password)
    {
        var (_, page) = await colleague.GetAsync(link);
        var secret = SecretField().Match(page).Groups[1].Value.Replace(" ", "", StringComparison.Ordinal);
        var code = CodeNow(secret);
        var (status, _) = await colleague.PostAsync(link, ("ticket", TicketIn(page)), ("password", password), ("code", code));
        Assert.Equal(HttpStatusCode.SeeOther, status);
        return (secret, code);
    }

    /// <param name="stepsAhead">Half minutes from now: a clock may be one off.</param>
    public static string CodeNow(string secret, int stepsAhead = 0) =>
        new Totp(Base32Encoding.ToBytes(secret)).ComputeTotp(DateTime.UtcNow + TimeSpan.FromSeconds(30 * stepsAhead));

    public static string TicketIn(string page) => TicketField().Match(page).Groups[1].Value;

    public static string FormIn(string page) => FormField().Match(page).Groups[1].Value;

    [GeneratedRegex("name=\"ticket\" value=\"([^\"]*)\"")]
    private static partial Regex TicketField();

    [GeneratedRegex("name=\"form\" value=\"([^\"]*)\"")]
    private static partial Regex FormField();

    [GeneratedRegex("id=\"invitation\">([^<]*)<")]
    private static partial Regex LinkField();

    [GeneratedRegex("id=\"secret\">([^<]*)<")]
    private static partial Regex SecretField();
}
