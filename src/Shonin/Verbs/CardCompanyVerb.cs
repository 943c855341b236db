using System.CommandLine;
using Shonin.CardCompany;
using Shonin.Iso8583;

namespace Shonin.Verbs;

/// <summary><c>shonin card-company</c>: a card company, with accounts of its own.</summary>
internal static class CardCompanyVerb
{
    public static Command Command(VerbContext context)
    {
        var data = new Option<string>("--data")
        {
            Description = "Its data folder.",
            HelpName = "DIR",
            DefaultValueFactory = _ => "shonin-card-company",
        };
        var listen = new Option<string>("--listen")
        {
            Description = "Where it listens for the card network.",
            HelpName = "HOST:PORT",
            DefaultValueFactory = _ => "127.0.0.1:8583",
        };
        var urls = new Option<string>("--urls")
        {
            Description = "Where its desk and exports listen.",
            HelpName = "URL",
            DefaultValueFactory = _ => "http://127.0.0.1:8584",
        };
        var accounts = new Option<string?>("--accounts")
        {
            Description = "A JSON file of accounts; without it the demo accounts, on loopback only.",
            HelpName = "FILE",
        };
        var encoding = EncodingOption.New();
        var tlsCertificate = new Option<string?>("--tls-certificate")
        {
            Description = "PEM: its certificate for the card network. Beyond loopback the card network needs this and the next three.",
            HelpName = "FILE",
        };
        var tlsKey = new Option<string?>("--tls-key")
        {
            Description = "PEM: the private key of that certificate, mode 600.",
            HelpName = "FILE",
        };
        var clientAuthority = new Option<string?>("--client-ca")
        {
            Description = "PEM: who signs the client certificates of the acquirers.",
            HelpName = "FILE",
        };
        var acquirers = new Option<string?>("--acquirers")
        {
            Description = "JSON: which certificate speaks for which acquirer, terminals and merchants.",
            HelpName = "FILE",
        };
        var webCertificate = new Option<string?>("--web-certificate")
        {
            Description = "PEM: its certificate for https:// in --urls; without it the one of --tls-certificate.",
            HelpName = "FILE",
        };
        var webKey = new Option<string?>("--web-key")
        {
            Description = "PEM: the private key of that certificate, mode 600.",
            HelpName = "FILE",
        };
        var command = new Command(
            "card-company",
            "Runs a card company: it approves, declines, and keeps a history that nothing overwrites."
        )
        {
            data,
            listen,
            urls,
            accounts,
            encoding,
            tlsCertificate,
            tlsKey,
            clientAuthority,
            acquirers,
            webCertificate,
            webKey,
        };
        command.SetAction(
            (parsed, cancellation) =>
                CardCompanyApplication.RunAsync(
                    new()
                    {
                        DataFolder = parsed.GetValue(data)!,
                        Listen = parsed.GetValue(listen)!,
                        Urls = parsed.GetValue(urls)!,
                        AccountsFile = parsed.GetValue(accounts),
                        Encoding = parsed.GetValue(encoding),
                        TlsCertificateFile = parsed.GetValue(tlsCertificate),
                        TlsKeyFile = parsed.GetValue(tlsKey),
                        ClientAuthorityFile = parsed.GetValue(clientAuthority),
                        AcquirersFile = parsed.GetValue(acquirers),
                        WebCertificateFile = parsed.GetValue(webCertificate),
                        WebKeyFile = parsed.GetValue(webKey),
                    },
                    context.Terminal.Out,
                    context.Terminal.Error,
                    cancellation
                )
        );
        return command;
    }
}

/// <summary><c>--encoding</c>, for those who speak on the card network.</summary>
internal static class EncodingOption
{
    public static Option<WireEncoding> New()
    {
        var option = new Option<WireEncoding>("--encoding")
        {
            Description = "How messages are encoded: ascii or binary.",
            HelpName = "ENCODING",
            DefaultValueFactory = _ => WireEncoding.Ascii,
        };
        option.AcceptOnlyFromAmong("ascii", "binary");
        return option;
    }
}
