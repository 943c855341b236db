using System.CommandLine;
using Shonin.CardCompany;
using Shonin.Iso8583;

namespace Shonin.Verbs;

/// <summary><c>shonin card-company</c>: a card company, with accounts of its own.</summary>
internal static class CardCompanyVerb
{
    public static Command Command(VerbContext context)
    {
        var data = new Option<string>("--data") { Description = "Its data folder.", HelpName = "DIR", DefaultValueFactory = _ => "shonin-card-company" };
        var listen = new Option<string>("--listen") { Description = "Where it listens for the card network.", HelpName = "HOST:PORT", DefaultValueFactory = _ => "127.0.0.1:8583" };
        var urls = new Option<string>("--urls") { Description = "Where its desk and exports listen.", HelpName = "URL", DefaultValueFactory = _ => "http://127.0.0.1:8584" };
        var accounts = new Option<string?>("--accounts") { Description = "A JSON file of accounts; without it the demo accounts, on loopback only.", HelpName = "FILE" };
        var encoding = EncodingOption.New();
        var command = new Command("card-company", "Runs a card company: it approves, declines, and keeps a history that nothing overwrites.") { data, listen, urls, accounts, encoding };
        command.SetAction((parsed, cancellation) => CardCompanyApplication.RunAsync(
            new()
            {
                DataFolder = parsed.GetValue(data)!,
                Listen = parsed.GetValue(listen)!,
                Urls = parsed.GetValue(urls)!,
                AccountsFile = parsed.GetValue(accounts),
                Encoding = parsed.GetValue(encoding),
            },
            context.Terminal.Out, context.Terminal.Error, cancellation));
        return command;
    }
}

/// <summary><c>--encoding</c>, for those who speak on the card network.</summary>
internal static class EncodingOption
{
    public static Option<WireEncoding> New()
    {
        var option = new Option<WireEncoding>("--encoding") { Description = "How messages are encoded: ascii or binary.", HelpName = "ENCODING", DefaultValueFactory = _ => WireEncoding.Ascii };
        option.AcceptOnlyFromAmong("ascii", "binary");
        return option;
    }
}
