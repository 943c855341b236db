using System.CommandLine;
using Shonin.Verbs;

namespace Shonin.Demo;

/// <summary><c>shonin demo</c>: the whole thing, started with no set-up and played before your eyes.</summary>
internal static class DemoVerb
{
    private const int TimelineWidth = 110;

    /// <summary>The order of the story whose answer was lost: its timeline has most to show.</summary>
    private const int ShippedFirst = 0;
    private const int RequestLost = 1;
    private const int TwoSided = 2;

    public static Command Command(VerbContext context)
    {
        var exit = new Option<bool>("--exit") { Description = "End after the story: 0 if every promise held, else 1." };
        var data = new Option<string?>("--data")
        {
            Description = "Its data folder; without it a new one below the system's folder for temporary files.",
            HelpName = "DIR",
        };
        var port = DemoPort.Option();
        var lang = LangOption.New(context, "The language of the timelines");
        var command = new Command(
            "demo",
            "Starts merchant, line and card company with no set-up, plays four orders, and stays up for a look."
        )
        {
            exit,
            data,
            port,
            lang,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                if (DemoPort.Choose(parsed.GetValue(port)) is var choice && choice is not Reading<int, string>.Read)
                    return (int)context.Terminal.Refuse(ExitCode.OurFault, ((Reading<int, string>.Refused)choice).Why);
                var chosen = ((Reading<int, string>.Read)choice).Value;
                var folder = parsed.GetValue(data) ?? Directory.CreateTempSubdirectory("shonin-demo-").FullName;
                var output = context.Terminal.Out;
                try
                {
                    await using var house = await OpenAsync(folder, chosen, output, cancellation);
                    var (isKept, orderPage, account) = await PlayAsync(house, parsed.GetValue(lang)!, output, cancellation);
                    if (parsed.GetValue(exit))
                        return (int)(isKept ? ExitCode.Done : ExitCode.No);
                    await StayAsync(house, orderPage, account, output, cancellation);
                    return (int)ExitCode.Done;
                }
                catch (CannotGoOnException failed)
                {
                    return (int)context.Terminal.Refuse(ExitCode.No, failed.Message, $"What each process said is in {folder}/*.log.");
                }
            }
        );
        return command;
    }

    private static async Task<DemoHouse> OpenAsync(string folder, int port, TextWriter output, CancellationToken cancellation)
    {
        output.WriteLine("Starting card company, line and merchant, each a process of its own …");
        var house = await DemoHouse.OpenAsync(folder, port, cancellation);
        output.WriteLine(
            $"Ready. For the demo the waits are short: {string.Join(", ", house.Pace.Settings.Select(setting => $"{setting.Setting} {setting.Value}"))}."
        );
        return house;
    }

    /// <returns>Whether every promise held, the page of an order that both sides tell differently, and its customer's account.</returns>
    private static async Task<(bool IsKept, string OrderPage, DemoAccount Account)> PlayAsync(
        DemoHouse house,
        string lang,
        TextWriter output,
        CancellationToken cancellation
    )
    {
        using var shop = new DemoShop(house.Addresses.BaseUrl, house.Addresses.ApiKey);
        var promises = new DemoPromises(shop, house.Folder, output);
        var told = await new DemoStory(shop, promises, house.Pace, output).PlayAsync(cancellation);
        foreach (var order in told)
        {
            await promises.HoldAsync(order, cancellation);
            await promises.HoldInHelpAsync(order, cancellation);
            output.WriteLine();
            output.WriteLine($"── {order.Number}: {order.Title} ──");
            output.WriteLine(await shop.TimelineTextAsync(order.Id, lang, TimelineWidth, cancellation));
        }
        await shop.DeliverAsync(told[ShippedFirst].Id, cancellation);
        var account = await new DemoHelp(house.Addresses, shop, promises, output).PlayAsync(
            told[RequestLost],
            DemoShop.AddressOf(DemoStory.Customer),
            cancellation
        );
        await promises.HoldAtEndAsync(cancellation);
        promises.Report();
        return (promises.AllKept, await shop.OrderPageAsync(told[TwoSided].Id, cancellation), account);
    }

    private static async Task StayAsync(
        DemoHouse house,
        string orderPage,
        DemoAccount account,
        TextWriter output,
        CancellationToken cancellation
    )
    {
        var addresses = house.Addresses;
        output.WriteLine(
            $"""

            It stays up for a look; Ctrl+C ends it.
              order page     {orderPage}   (the third order's, as its customer sees it)
              help           {addresses.BaseUrl}/help   (ask an agent from there, or from the order page)
              account        {addresses.BaseUrl}/account   ({account.Address}, password {account.Password})
              check page     {addresses.BaseUrl}/check   (is a notice real?)
              REST           {addresses.BaseUrl}/v1   (API key {addresses.ApiKey})
              desk           {addresses.DeskUrl}   (sign in as {DemoHouse.AgentName} with {addresses.AgentKey}, or with the API key)
              card company   {addresses.CardCompanyUrl}/desk   (key {addresses.CardCompanyKey})
              card network   {addresses.CardNetwork}
              mails          {addresses.MailFolder}   (each holds the customer's link to its order)
              all of this    {Path.Combine(house.Folder, DemoHouse.AddressesFile)}
            """
        );
        while (!cancellation.IsCancellationRequested)
        {
            if (!house.IsWhole)
                throw new CannotGoOnException("A process of the demo has ended though nobody asked it to.");
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellation).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }
}
