using System.CommandLine;

namespace Shonin.Verbs.Demo;

/// <summary><c>shonin demo</c>: the whole thing, started with no set-up and played before your eyes.</summary>
internal static class DemoVerb
{
    private const int TimelineWidth = 110;

    public static Command Command(VerbContext context)
    {
        var exit = new Option<bool>("--exit") { Description = "End after the story: 0 if every promise held, else 1." };
        var data = new Option<string?>("--data") { Description = "Its data folder; without it a new one below the system's folder for temporary files.", HelpName = "DIR" };
        var port = new Option<int?>("--port") { Description = "Where REST and pages listen on loopback; 0 takes any free port; without it 8580 if free.", HelpName = "N" };
        var lang = new Option<string>("--lang") { Description = "The language of the timelines.", HelpName = "ja|en", DefaultValueFactory = _ => "en" };
        lang.AcceptOnlyFromAmong("ja", "en");
        var command = new Command("demo", "Starts merchant, line and card company with no set-up, plays four orders, and stays up for a look.") { exit, data, port, lang };
        command.SetAction(async (parsed, cancellation) =>
        {
            var folder = parsed.GetValue(data) ?? Directory.CreateTempSubdirectory("shonin-demo-").FullName;
            var output = context.Terminal.Out;
            try
            {
                await using var house = await OpenAsync(folder, parsed.GetValue(port), output, cancellation);
                var isKept = await PlayAsync(house, parsed.GetValue(lang)!, output, cancellation);
                if (parsed.GetValue(exit))
                    return (int)(isKept ? ExitCode.Done : ExitCode.No);
                await StayAsync(house, output, cancellation);
                return (int)ExitCode.Done;
            }
            catch (DemoFailedException failed)
            {
                return (int)context.Terminal.Refuse(ExitCode.No, failed.Message, $"What each process said is in {folder}/*.log.");
            }
        });
        return command;
    }

    private static async Task<DemoHouse> OpenAsync(string folder, int? port, TextWriter output, CancellationToken cancellation)
    {
        output.WriteLine("Starting card company, line and merchant, each a process of its own …");
        var house = await DemoHouse.OpenAsync(folder, port, cancellation);
        output.WriteLine($"Ready. For the demo the waits are short: {string.Join(", ", house.Pace.Settings.Select(setting => $"{setting.Setting} {setting.Value}"))}.");
        return house;
    }

    private static async Task<bool> PlayAsync(DemoHouse house, string lang, TextWriter output, CancellationToken cancellation)
    {
        using var shop = new DemoShop(house.Addresses);
        var promises = new DemoPromises(shop, house.Folder, output);
        var told = await new DemoStory(shop, promises, house.Pace, output).PlayAsync(cancellation);
        foreach (var order in told)
        {
            await promises.HoldAsync(order, cancellation);
            output.WriteLine();
            output.WriteLine($"── {order.Number}: {order.Title} ──");
            output.WriteLine(await shop.TimelineTextAsync(order.Id, lang, TimelineWidth, cancellation));
        }
        await promises.HoldAtEndAsync(cancellation);
        promises.Report();
        return promises.AllKept;
    }

    private static async Task StayAsync(DemoHouse house, TextWriter output, CancellationToken cancellation)
    {
        var addresses = house.Addresses;
        output.WriteLine($"""

            It stays up for a look; Ctrl+C ends it.
              REST           {addresses.BaseUrl}/v1   (API key {addresses.ApiKey})
              desk           {addresses.DeskUrl}   (sign in with the API key)
              card company   {addresses.CardCompanyUrl}/desk   (key {addresses.CardCompanyKey})
              card network   {addresses.CardNetwork}
              mails          {addresses.MailFolder}   (each holds the customer's link to its order)
              all of this    {Path.Combine(house.Folder, DemoHouse.AddressesFile)}
            """);
        while (!cancellation.IsCancellationRequested)
        {
            if (!house.IsWhole)
                throw new DemoFailedException("A process of the demo has ended though nobody asked it to.");
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellation).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }
}
