using System.Net.WebSockets;
using System.Text;
using System.Text.RegularExpressions;
using MimeKit;
using Shonin.Contacts;

namespace Shonin.Demo;

/// <summary>Who reaches a person from the notice of an order, and finds everything again on a new computer.</summary>
/// <param name="Address">The account's mail address.</param>
/// <param name="Password">Of the demo's account, for whoever looks around afterwards.</param>
internal sealed record DemoAccount(string Address, string Password);

/// <summary>
/// The rest of the story: the customer of the second order asks an agent, has the conversation sent, registers, and signs in on another
/// computer. All by the pages' own forms; the mails are read where they lie.
/// </summary>
internal sealed partial class DemoHelp(DemoAddresses addresses, DemoShop shop, DemoPromises promises, TextWriter output)
{
    private const string Answer = "お調べしました。はじめの問い合わせは、カード会社に届いていませんでした。断られてはいません。";

    /// <param name="customer">The mail address of the order's customer.</param>
    public async Task<DemoAccount> PlayAsync(ToldOrder order, string customer, CancellationToken cancellation)
    {
        await AskAsync(order, cancellation);
        return await ComeBackAsync(order, customer, cancellation);
    }

    private async Task AskAsync(ToldOrder order, CancellationToken cancellation)
    {
        Say("");
        Say($"Help from the notice of {order.Number}");
        using var agent = new DemoBrowser(addresses.BaseUrl);
        await agent.OpenAsync("/desk/contacts?lang=ja", cancellation);
        await agent.SendAsync("/desk/sign-in", cancellation, ("key", addresses.AgentKey));
        using var atDesk = await SitDownAsync(agent, cancellation);

        using var phone = new DemoBrowser(addresses.BaseUrl);
        var page = await shop.OrderPageAsync(order.Id, cancellation);
        await phone.OpenAsync($"{page}/chat?lang=ja&about=card-company-knows-nothing", cancellation);
        await phone.SendAsync("/chat", cancellation, ("text", "カード会社に電話したら、断っていないと言われました。"));
        Say($"  the customer asks: {phone.TextOf("data-chat-standing")}");

        await agent.OpenAsync("/desk/contacts?lang=ja", cancellation);
        promises.Keep($"{order.Number}: who asks stands on the agents' list", agent.Text.Contains(order.Number, StringComparison.Ordinal));
        var contact = $"/desk/contacts/{Domain.Contacts.ContactId.Of(new(order.Id))}";
        await agent.OpenAsync($"{contact}?lang=ja", cancellation);
        promises.Keep(
            $"{order.Number}: the agent sees the order and what may be said",
            agent.Text.Contains("お客様にお伝えする言葉", StringComparison.Ordinal)
        );
        await agent.SendAsync("/claim", cancellation);
        await agent.SendAsync("/say", cancellation, ("text", Answer));

        await phone.OpenAsync($"{page}/chat?lang=ja", cancellation);
        Say($"  {phone.TextOf("data-chat-standing")} {DemoHouse.AgentName}: {Answer}");
        promises.Keep(
            $"{order.Number}: the customer is connected with an agent by name, and answered",
            phone.Text.Contains($"担当者の{DemoHouse.AgentName}とつながっています", StringComparison.Ordinal)
                && phone.Text.Contains(Answer, StringComparison.Ordinal)
        );
        await phone.SendAsync("/transcript", cancellation);
        var transcript = await MailAsync("transcript", _ => true, cancellation);
        Say($"  mailed: {transcript.Subject}");
        promises.Keep(
            $"{order.Number}: the transcript is a signed mail with both sides' words",
            transcript.Headers.Contains(HeaderId.DkimSignature) && transcript.TextBody?.Contains(Answer, StringComparison.Ordinal) == true
        );
    }

    private async Task<DemoAccount> ComeBackAsync(ToldOrder order, string customer, CancellationToken cancellation)
    {
        Say("");
        Say("On a new computer");
        var account = new DemoAccount(customer, $"demo-{Guid.NewGuid():N}");
        using (var phone = new DemoBrowser(addresses.BaseUrl))
        {
            await phone.OpenAsync("/account/sign-up?lang=ja", cancellation);
            await phone.SendAsync("/account/sign-up", cancellation, ("address", customer));
            var mail = await MailAsync("code", mail => mail.To.ToString().Contains(customer, StringComparison.Ordinal), cancellation);
            promises.Keep(
                $"{order.Number}: registering shows nothing until a mailed code is typed",
                !phone.Text.Contains(order.Number, StringComparison.Ordinal)
            );
            await phone.SendAsync("/code", cancellation, ("code", Digits().Match(mail.Subject ?? "").Value));
            await phone.SendAsync("/password", cancellation, ("password", account.Password));
        }
        Say($"  {customer} has registered, by a code from a mail");

        using var computer = new DemoBrowser(addresses.BaseUrl);
        await computer.OpenAsync("/account/sign-in?lang=ja", cancellation);
        await computer.SendAsync("/account/sign-in", cancellation, ("address", account.Address), ("password", account.Password));
        await computer.OpenAsync("/account?lang=ja", cancellation);
        Say($"  signed in elsewhere: the orders and the points are there");
        promises.Keep(
            $"{order.Number} is in the history on a new computer",
            computer.Text.Contains(order.Number, StringComparison.Ordinal)
        );
        promises.Keep("the points are there on a new computer", Points().IsMatch(computer.Text));
        return account;
    }

    /// <summary>
    /// An agent is at the desk while a page of it is open, which its hub knows: so whoever asks now is told that somebody answers at once.
    /// </summary>
    private async Task<ClientWebSocket> SitDownAsync(DemoBrowser agent, CancellationToken cancellation)
    {
        var socket = new ClientWebSocket();
        socket.Options.Cookies = agent.Cookies;
        var address = new UriBuilder(addresses.BaseUrl) { Scheme = "ws", Path = DeskHub.Path }.Uri;
        await socket.ConnectAsync(address, cancellation);
        await socket.SendAsync(
            Encoding.UTF8.GetBytes("{\"protocol\":\"json\",\"version\":1}\u001e"),
            WebSocketMessageType.Text,
            true,
            cancellation
        );
        await socket.ReceiveAsync(new byte[64], cancellation);
        return socket;
    }

    private Task<MimeMessage> MailAsync(string kind, Func<MimeMessage, bool> isIt, CancellationToken cancellation) =>
        DemoShop.UntilAsync<MimeMessage?>(
            $"a mail of kind {kind}",
            async () =>
            {
                foreach (var path in Directory.EnumerateFiles(addresses.MailFolder, $"*-{kind}-*.eml"))
                {
                    var mail = await MimeMessage.LoadAsync(path, cancellation);
                    if (isIt(mail))
                        return mail;
                }
                return null;
            },
            mail => mail is not null,
            cancellation
        )!;

    private void Say(string line) => output.WriteLine(line);

    [GeneratedRegex("[0-9]{4} ?[0-9]{4}")]
    private static partial Regex Digits();

    [GeneratedRegex("[1-9][0-9,]* *ポイント")]
    private static partial Regex Points();
}
