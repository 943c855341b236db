using System.Text;
using Shonin.Domain;
using Shonin.Domain.Accounts;
using Shonin.Merchant.Accounts;
using static Shonin.Specs.Accounts.AccountScene;

namespace Shonin.Specs.Accounts;

[RealParts]
public sealed class MailedCodesSpecs : IAsyncLifetime
{
    private AccountScene? opened;

    private AccountScene Scene => opened!;

    public async ValueTask InitializeAsync() => opened = await OpenAsync();

    public ValueTask DisposeAsync() => Scene.DisposeAsync();

    [Fact]
    public async Task A_code_has_eight_digits_and_is_right_once_after_a_restart_too()
    {
        var id = await SendAsync();
        var code = await Scene.MailedCodeAsync(id);
        Assert.Matches("^[0-9]{8}$", code);
        await Scene.RestartAsync();
        Assert.Equal(CodeReply.Wrong, await TryAsync(id, code == "00000000" ? "00000001" : "00000000"));
        Assert.Equal(CodeReply.Right, await TryAsync(id, code));
        Assert.Equal(CodeReply.Void, await TryAsync(id, code));
    }

    [Fact]
    public async Task A_code_of_one_address_is_void_for_another()
    {
        var id = await SendAsync();
        Assert.Equal(
            CodeReply.Void,
            await Scene.Codes.TryAsync("taro@example.com", id, CodePurpose.SignUp, "", await Scene.MailedCodeAsync(id))
        );
    }

    [Fact]
    public async Task Beyond_the_limit_of_an_hour_nothing_is_mailed_or_kept_and_whoever_asks_sees_no_difference()
    {
        for (var count = 0; count < Scene.Codes.Limits.SentPerHourMax; count++)
            await SendAsync();
        var more = await SendAsync();
        Assert.Equal(32, more.Length);
        Assert.Equal(Scene.Codes.Limits.SentPerHourMax, (await Scene.WaitingAsync(MailedCodes.Queue)).Length);
        Assert.Null(await Scene.Log.Store.ReadDocumentAsync($"code-{more}", default));
        Assert.Equal(CodeReply.Void, await TryAsync(more, "00000000"));
    }

    [Fact]
    public async Task A_letter_that_has_left_is_destroyed_and_its_code_holds()
    {
        var id = await SendAsync();
        var code = await Scene.MailedCodeAsync(id);
        var item = (await Scene.WaitingAsync(MailedCodes.Queue)).Single();
        await Scene.Codes.CloseLetterAsync(item);
        Assert.Empty(await Scene.WaitingAsync(MailedCodes.Queue));
        Assert.Null(await Scene.Log.Store.ReadDocumentAsync(item.Id, default));
        Assert.Equal(CodeReply.Right, await TryAsync(id, code));
    }

    [Fact]
    public async Task A_letter_whose_code_is_too_old_is_not_sent_any_more()
    {
        await SendAsync();
        var item = (await Scene.WaitingAsync(MailedCodes.Queue)).Single();
        Scene.Time.Advance(Scene.Codes.Limits.Lifetime - TimeSpan.FromMilliseconds(1));
        Assert.NotNull(await Scene.Codes.FindLetterAsync(item, default));
        Scene.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(await Scene.Codes.FindLetterAsync(item, default));
    }

    [Fact]
    public async Task Neither_the_address_nor_the_code_stands_on_the_disk()
    {
        var code = await Scene.MailedCodeAsync(await SendAsync());
        Assert.False(Scene.Folder.AnyFileHolds(Encoding.UTF8.GetBytes(code)));
        Assert.False(Scene.Folder.AnyFileHolds(Encoding.UTF8.GetBytes("hanako")));
        Assert.True(Scene.Folder.AnyFileHolds("codeSent"u8.ToArray()));
    }

    private async Task<string> SendAsync() => await Scene.Codes.SendAsync(Hanako, CodePurpose.SignUp, "", Locale.Ja);

    private async Task<CodeReply> TryAsync(string id, string typed) =>
        await Scene.Codes.TryAsync("HANAKO@example.com", id, CodePurpose.SignUp, "", typed);
}
