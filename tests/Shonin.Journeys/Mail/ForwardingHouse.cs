using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Shonin.EventLog.Secrets;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailAuthentication.Dns;
using Shonin.MailAuthentication.Message;
using Shonin.Notices;

namespace Shonin.Journeys.Mail;

/// <summary>
/// The merchant's server with a check address: its mail goes by a real postfix, its mailbox lies in a real dovecot, and DNS is a zone file
/// in which the customer's domain has a policy and a key. There is no card company: notices are sent all the same.
/// </summary>
public sealed class ForwardingHouse : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("shonin-forwarding-").FullName;
    private readonly DkimKey customerKey = DkimKey.FromEd25519Seed("example.com", "s1", [.. Enumerable.Repeat((byte)7, 32)]);
    private DovecotServer? imap;
    private Process? merchant;
    private string? apiKey;

    public PostfixServer Postfix { get; } = new();

    public string Data => Path.Combine(folder, "merchant");

    /// <summary>The zone file that stands for DNS.</summary>
    public string Zone => Path.Combine(folder, "zone.json");

    public Uri Address { get; private set; } = new("http://127.0.0.1/");

    public async ValueTask InitializeAsync()
    {
        await Postfix.InitializeAsync();
        imap = await DovecotServer.StartAsync(Postfix.Mailboxes);
        OwnerOnly.Replace(Path.Combine(folder, "password"), System.Text.Encoding.ASCII.GetBytes(DovecotServer.Password + "\n"));
        await File.WriteAllTextAsync(
            Zone,
            $$"""
            {"version":1,"default":"NXDOMAIN","names":{
              "_dmarc.example.com":{"TXT":[["v=DMARC1; p=reject"]]}, "{{customerKey.DnsName}}":{"TXT":[["{{customerKey.DnsRecord}}"]]},
              "_dmarc.shop.example.jp":{"TXT":[["v=DMARC1; p=reject"]]} } }
            """
        );
        await StartAsync();

        // Once the first mail is answered, the mailbox is being read and its second folder is there.
        await SendAsync(Forward("はじめに", []));
        await TakeAnswerAsync();
    }

    public async Task StartAsync()
    {
        (merchant, var said) = await ShoninProcess.StartAsync(
            "ready on ",
            "serve",
            "--data",
            Data,
            "--card-network",
            "127.0.0.1:1",
            "--urls",
            "http://127.0.0.1:0",
            "--smtp",
            string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Postfix.Port}"),
            "--Smtp:RetryAfter",
            "00:00:01",
            "--MailCheck:Address",
            PostfixServer.CheckAddress,
            "--Contacts:MailAddress",
            PostfixServer.Help,
            "--Contacts:MailAnswerAfter",
            "00:00:01",
            "--MailCheck:Dns",
            Zone,
            "--MailCheck:AnswersPerSenderPerHour",
            "1000",
            "--Web:TrustedProxies",
            "127.0.0.1",
            "--MailCheck:Imap:Host",
            "127.0.0.1",
            "--MailCheck:Imap:Port",
            imap!.Port.ToString(CultureInfo.InvariantCulture),
            "--MailCheck:Imap:Tls",
            "none",
            "--Bounces:Address",
            PostfixServer.Bounces,
            "--Bounces:Imap:Host",
            "127.0.0.1",
            "--Bounces:Imap:Port",
            imap.Port.ToString(CultureInfo.InvariantCulture),
            "--Bounces:Imap:Tls",
            "none",
            "--Bounces:Imap:User",
            "bounces",
            "--Bounces:Imap:PasswordFile",
            Path.Combine(folder, "password"),
            "--MailCheck:Imap:User",
            "check",
            "--MailCheck:Imap:PasswordFile",
            Path.Combine(folder, "password")
        );
        Address = new Uri(said.Trim());
    }

    /// <summary>Ends the merchant as a power cut would.</summary>
    public Task CutPowerAsync() => ShoninProcess.KillAsync(merchant!);

    /// <summary>A program of the merchant's, with a key.</summary>
    public async Task<HttpClient> ProgramAsync()
    {
        apiKey ??= await NewKeyAsync("journey", "all");
        var client = new HttpClient { BaseAddress = Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
        return client;
    }

    public async Task<string> NewKeyAsync(string name, string scope) =>
        (string)
            JsonNode.Parse(await ShoninProcess.RunAsync("keys", "create", "--data", Data, "--name", name, "--scope", scope, "--json"))![
                "key"
            ]!;

    /// <summary>A notice as the customer received it.</summary>
    public async Task<byte[]> ReceiveNoticeAsync()
    {
        using var client = await OrderingAsync();
        await OrderAsync(client, PostfixServer.Customer);
        return await Postfix.TakeMailAsync();
    }

    /// <summary>
    /// The order of a customer whose mail is taken and comes back, once its notice has come back: the order's id, and what the interface
    /// tells of its notices.
    /// </summary>
    public async Task<(string Order, JsonNode Notices)> LoseNoticeAsync()
    {
        using var client = await OrderingAsync();
        var order = (string)(await OrderAsync(client, PostfixServer.Moved))["id"]!;
        await WaitForHandledAsync("bounces", "Handled", 1);
        return (order, JsonNode.Parse(await client.GetStringAsync(new Uri($"/v1/orders/{order}/notices", UriKind.Relative)))!);
    }

    /// <summary>As an agent reads it.</summary>
    public async Task<string> ReadTimelineAsync(string order)
    {
        using var client = await ProgramAsync();
        return await client.GetStringAsync(new Uri($"/v1/orders/{order}/timeline?lang=en", UriKind.Relative));
    }

    /// <summary>A program that places one order.</summary>
    private async Task<HttpClient> OrderingAsync()
    {
        var client = await ProgramAsync();
        client.DefaultRequestHeaders.Add("Prefer", "respond-async");
        client.DefaultRequestHeaders.Add("Idempotency-Key", Guid.CreateVersion7().ToString());
        return client;
    }

    private static async Task<JsonNode> OrderAsync(HttpClient client, string email)
    {
        var card = await PostAsync(
            client,
            "/v1/cards",
            """{"number":"4242424242424242","expiry":"2035-12","securityCode":"123","holder":"HANAKO"}"""
        );
        return await PostAsync(
            client,
            "/v1/orders",
            $$"""
            {"customer":{"email":"{{email}}","name":"山田花子","locale":"ja"},
             "items":[{"sku":"TEA","name":"お茶","unitPrice":{"minorUnits":1200,"currency":"JPY"},"quantity":2}],"payment":{"card":"{{card[
                "id"
            ]}}"} }
            """
        );
    }

    /// <summary>A mail of the customer's with originals hanging on it, signed by her domain.</summary>
    public byte[] Forward(string text, string[] fields, params byte[][] originals) =>
        Carry(
            text,
            fields,
            [
                .. originals.Select(original =>
                    $"Content-Type: message/rfc822\r\n\r\n{Encoding.UTF8.GetString(original).ReplaceLineEndings("\r\n")}"
                ),
            ]
        );

    /// <summary>A mail of the customer's with files hanging on it, as a mail program attaches what is no mail to it.</summary>
    public byte[] Attach(string text, params (string Name, byte[] Content)[] files) =>
        Carry(
            text,
            [],
            [
                .. files.Select(file =>
                    $"Content-Type: application/octet-stream; name=\"=?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(file.Name))}?=\"\r\nContent-Disposition: attachment\r\n"
                    + $"Content-Transfer-Encoding: base64\r\n\r\n{Convert.ToBase64String(file.Content, Base64FormattingOptions.InsertLineBreaks)}"
                ),
            ]
        );

    private byte[] Carry(string text, string[] fields, string[] parts)
    {
        var boundary = $"outer-{Guid.CreateVersion7():N}"; // One such mail may hang on another.
        var mail = string.Join(
            "\r\n",
            [
                $"From: <{PostfixServer.Customer}>",
                $"To: <{PostfixServer.CheckAddress}>",
                "Subject: Fwd",
                $"Date: {DateTimeOffset.UtcNow.ToString("r", CultureInfo.InvariantCulture).Replace("GMT", "+0000", StringComparison.Ordinal)}",
                $"Message-ID: <{Guid.CreateVersion7():N}@example.com>",
                "MIME-Version: 1.0",
                $"Content-Type: multipart/mixed; boundary={boundary}",
                .. fields,
                "",
                $"--{boundary}",
                "Content-Type: text/plain; charset=utf-8",
                "",
                text,
                .. parts.SelectMany(part => new[] { $"--{boundary}", part }),
                $"--{boundary}--",
                "",
            ]
        );
        return new DkimSigner().Sign(Encoding.UTF8.GetBytes(mail), [customerKey], DateTimeOffset.UtcNow);
    }

    /// <summary>
    /// What the customer's mail program makes of an answer to a mail: to its Reply-To, with the mail quoted below. Her domain signs it.
    /// </summary>
    /// <param name="author">Somebody else, whose mail the same domain signs.</param>
    public byte[] Reply(MimeMessage answered, string text, string author = PostfixServer.Customer)
    {
        using var reply = new MimeMessage(
            [new MailboxAddress("山田花子", author)],
            answered.ReplyTo.Count > 0 ? answered.ReplyTo : answered.From,
            $"Re: {answered.Subject}",
            new TextPart("plain")
            {
                Text =
                    $"{text}\r\n\r\n2026年11月30日(月) 10:02 {answered.From}:\r\n"
                    + string.Concat(answered.TextBody!.ReplaceLineEndings("\n").Split('\n').Select(line => $"> {line}\r\n")),
            }
        )
        {
            MessageId = $"{Guid.CreateVersion7():N}@example.com",
            InReplyTo = answered.MessageId,
        };
        reply.References.Add(answered.MessageId!);
        return Sign(reply);
    }

    /// <summary>As the customer's provider signs what is sent by it.</summary>
    public byte[] Sign(MimeMessage mail)
    {
        using var bytes = new MemoryStream();
        mail.WriteTo(new FormatOptions { NewLineFormat = NewLineFormat.Dos }, bytes);
        return new DkimSigner().Sign(bytes.ToArray(), [customerKey], DateTimeOffset.UtcNow);
    }

    /// <summary>By SMTP, to whom the mail says.</summary>
    public async Task PostAsync(byte[] mail)
    {
        using var smtp = new SmtpClient();
        await smtp.ConnectAsync("127.0.0.1", Postfix.Port, SecureSocketOptions.None);
        using var message = MimeMessage.Load(new MemoryStream(mail), persistent: true);
        await smtp.SendAsync(message, new MailboxAddress("", PostfixServer.Customer), message.To.Mailboxes);
    }

    /// <summary>By SMTP, as from anywhere.</summary>
    public async Task SendAsync(byte[] mail)
    {
        using var smtp = new SmtpClient();
        await smtp.ConnectAsync("127.0.0.1", Postfix.Port, SecureSocketOptions.None);
        using var message = MimeMessage.Load(new MemoryStream(mail), persistent: true);
        await smtp.SendAsync(message, new MailboxAddress("", PostfixServer.Customer), [new MailboxAddress("", PostfixServer.CheckAddress)]);
    }

    /// <summary>Straight into the mailbox, with whatever return path it names itself.</summary>
    public async Task AppendAsync(params byte[][] mails)
    {
        using var client = await ConnectAsync();
        foreach (var mail in mails)
        {
            using var message = MimeMessage.Load(new MemoryStream(mail), persistent: true);
            await client.Inbox!.AppendAsync(new FormatOptions { NewLineFormat = NewLineFormat.Dos }, new AppendRequest(message));
        }
    }

    /// <summary>The next answer in the customer's mailbox; notices that lie there are passed over.</summary>
    public async Task<byte[]> TakeAnswerAsync()
    {
        while (true)
        {
            var mail = await Postfix.TakeMailAsync();
            using var message = MimeMessage.Load(new MemoryStream(mail));
            if (message.Headers[HeaderId.AutoSubmitted] == "auto-replied")
                return mail;
        }
    }

    /// <summary>Waits until so many mails have been moved to the handled ones.</summary>
    public Task WaitForHandledAsync(int count) => WaitForHandledAsync("check", "Checked", count);

    private async Task WaitForHandledAsync(string user, string folder, int count)
    {
        using var client = await ConnectAsync(user);
        var handled = await client.GetFolderAsync(folder);
        await handled.OpenAsync(FolderAccess.ReadOnly);
        using var done = new CancellationTokenSource();
        handled.CountChanged += (_, _) =>
        {
            if (handled.Count >= count)
                done.Cancel();
        };
        if (handled.Count < count)
            await client.IdleAsync(done.Token).WaitAsync(Waits.Most);
    }

    public async Task<int> CountHandledAsync()
    {
        using var client = await ConnectAsync();
        var handled = await client.GetFolderAsync("Checked");
        await handled.OpenAsync(FolderAccess.ReadOnly);
        return handled.Count;
    }

    /// <summary>Checks a mail of the merchant's by the public keys in its key book.</summary>
    public async Task<IReadOnlyList<DkimResult>> VerifyAsync(byte[] mail) =>
        await new DkimVerifier(
            DnsLookups.Offline,
            new() { KeptKeys = new MailKeyBook(new KeyFolder(Path.Combine(Data, "keys"))).Find }
        ).VerifyAsync(Assert.IsType<MessageParse.Parsed>(MailMessage.Parse(mail)).Message, DateTimeOffset.UtcNow);

    public async ValueTask DisposeAsync()
    {
        if (merchant is not null)
            await ShoninProcess.KillAsync(merchant);
        if (imap is not null)
            await imap.DisposeAsync();
        await Postfix.DisposeAsync();
        customerKey.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private async Task<ImapClient> ConnectAsync(string user = "check")
    {
        var client = new ImapClient();
        await client.ConnectAsync("127.0.0.1", imap!.Port, SecureSocketOptions.None);
        await client.AuthenticateAsync(user, DovecotServer.Password);
        return client;
    }

    private static async Task<JsonNode> PostAsync(HttpClient client, string path, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(new Uri(path, UriKind.Relative), content);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }
}
