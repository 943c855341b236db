using System.Text;
using Shonin.EventLog;
using Shonin.MailAuthentication;
using Shonin.MailAuthentication.Dns;
using Shonin.MailChecks;
using Shonin.Streams;

namespace Shonin.Simulation;

/// <summary>
/// People who report a mail in some worlds, pressing the button twice and again after a crash, and an agent who handles and deletes reports;
/// around the real reports and their list. The mails are judged by the real check.
/// </summary>
#pragma warning disable CA1001 // Views in memory are the disk: they outlive whoever keeps them.
internal sealed class Reporters(World world)
#pragma warning restore CA1001
{
    /// <summary>So few that numbers are drawn twice.</summary>
    private const int NumberCount = 12;

    private const int AsksMax = 8;

    /// <summary>Some have been reported by then.</summary>
    private static readonly TimeSpan lookingThroughAfter = TimeSpan.FromMinutes(5);

    private static readonly MailProfile profile = new(
        SimulatedMerchant.Profile.Domain,
        [SimulatedMerchant.Profile.NameJa, SimulatedMerchant.Profile.NameEn],
        [SimulatedMerchant.Profile.Domain],
        []
    );

    private readonly bool isPlayed = world.Random.Next(3) == 0;
    private readonly MailChecker checker = new(new MailAuthenticator(KnowNothingAsync, world.Clock));
    private InMemoryViewStore views = new();
    private SimulatedProcess people = null!;
    private bool wasLookedAt;

    /// <summary>Null while the merchant is down.</summary>
    private MailReports? reports;

    public ReportLimits Limits { get; } = new() { CountMax = 2, KeptFor = TimeSpan.FromMinutes(20 + world.Random.Next(400)) };

    public ReportChecks Checks { get; } = new(world);

    public void Start()
    {
        if (!isPlayed)
            return;
        people = world.Scheduler.NewProcess("reporters");
        // Some come in the same moment, so that room and numbers are asked for at once.
        TimeSpan[] moments = [world.Customers.Span * world.Random.NextDouble(), world.Customers.Span * world.Random.NextDouble()];
        var count = 1 + world.Random.Next(5);
        for (var index = 0; index < count; index++)
        {
            var name = $"held-{index}";
            After(moments[world.Random.Next(moments.Length)], () => ReportAsync(name));
            After(lookingThroughAfter + world.Customers.Span * world.Random.NextDouble(), LookThroughAsync);
        }
    }

    /// <summary>Inside the merchant's process. The list may be lost at any time, and is built again.</summary>
    public async Task ServeAsync(OwnedLog log)
    {
        if (!isPlayed)
            return;
        if (world.Random.Next(4) == 0)
            views = new InMemoryViewStore();
        var opened = await MailReports.OpenAsync(
            new ReportPorts(log, views, world.Clock, DrawNumber) { Limits = Limits, OnFault = world.OnFault },
            CancellationToken.None
        );
        reports = opened;
        world.Merchant.Process.Start(() => opened.RunAsync(CancellationToken.None), world.OnFault);
    }

    public void MerchantDied() => reports = null;

    /// <summary>Before the end: what the desk shows is held against the log.</summary>
    public void LookAtTheEnd()
    {
        if (reports is not { } open)
            return;
        world.Merchant.Process.Start(
            async () =>
            {
                Checks.Listed(await open.ListAsync(CancellationToken.None), await open.CountNewAsync(CancellationToken.None));
                foreach (var number in Checks.Numbers)
                    await LookAtAsync(open, number);
                wasLookedAt = true;
            },
            world.OnFault
        );
    }

    public void AtEnd()
    {
        if (isPlayed && !wasLookedAt)
            world.Checks.Broken("Reported mails are not shown at the end");
        Checks.AtEnd();
    }

    /// <summary>The mail that is held under a name.</summary>
    internal static byte[] MailOf(string name) =>
        Encoding.UTF8.GetBytes(
            $"From: {SimulatedMerchant.Profile.NameEn} <no-reply@shop.invalid>\r\nTo: a@customer.example\r\nSubject: Your account\r\n\r\nConfirm your card: https://shop.invalid/{name}\r\n"
        );

    private void After(TimeSpan delay, Func<Task> act) => world.Later(delay, () => people.Start(act, world.OnFault));

    /// <summary>A moment later it is deleted; it must be gone already.</summary>
    private void LookWhenOver(string number)
    {
        if (reports is { } open)
            world.Merchant.Process.Start(() => LookAtAsync(open, number), world.OnFault);
    }

    private async Task LookAtAsync(MailReports open, string number) =>
        Checks.Shown(number, await open.FindAsync(number, CancellationToken.None), await open.ReadAsync(number, CancellationToken.None));

    private byte[] DrawNumber(int count)
    {
        var drawn = new byte[count];
        drawn[^1] = (byte)world.Random.Next(NumberCount);
        return drawn;
    }

    /// <summary>Until it is told that it is kept, and now and then once more.</summary>
    private async Task ReportAsync(string name)
    {
        var question = new MailQuestion { Now = world.Clock.GetUtcNow(), Profiles = [profile] };
        if (await checker.CheckAsync(MailOf(name), question) is not MailCheck.Checked(var judged))
            throw new InvalidOperationException("A mail of the simulation was not read.");
        for (var asks = 0; asks < AsksMax; asks++)
        {
            if (reports is { } open)
            {
                if (world.Random.Next(3) == 0)
                    world.CrashAtNextWrite();
                if (world.Random.Next(3) == 0)
                    _ = KeepAsync(open, name, judged);
                if (await KeepAsync(open, name, judged) is ReportOutcome.Kept && world.Random.Next(3) != 0)
                    return;
            }
            await WaitAsync(asks < AsksMax / 2 ? 10 : 600);
        }
    }

    private async Task<ReportOutcome?> KeepAsync(MailReports open, string name, MailCheckResult judged)
    {
        var asked = Checks.BeginAsking((await open.ProgressAsync(CancellationToken.None)).IsWhole);
        var words = new ReporterWords(Note: name, Contact: "");
        var told = await world.Merchant.AskAsync(() => open.KeepAsync(MailOf(name), judged, words, name, CancellationToken.None));
        if (told is ReportOutcome.Kept(var number))
            world.Later(Checks.Kept(name, number) - world.Scheduler.Now, () => LookWhenOver(number));
        else if (told is ReportOutcome.Full)
            Checks.WasFull(name, asked);
        return told;
    }

    /// <summary>An agent takes a report of the list, and handles or deletes it until told that it is so.</summary>
    private async Task LookThroughAsync()
    {
        if (
            reports is not { } open
            || await world.Merchant.AskAsync(() => open.ListAsync(CancellationToken.None)) is not { Reports: [_, ..] listed }
        )
        {
            return;
        }
        var (number, isToGo) = (listed[world.Random.Next(listed.Length)].Number, world.Random.Next(2) == 0);
        Checks.Wants(number, isToGo);
        while (true)
        {
            if (world.Random.Next(3) == 0)
                world.CrashAtNextWrite();
            if (reports is { } now && await world.Merchant.AskAsync(() => EndAsync(now, number, isToGo)) is not null)
                break;
            await WaitAsync(10);
        }
        Checks.IsSo(number, isToGo);
    }

    private static async ValueTask<string> EndAsync(MailReports open, string number, bool isToGo)
    {
        if (isToGo)
            await open.DeleteAsync(number);
        else
            await open.MarkHandledAsync(number);
        return number;
    }

    private Task WaitAsync(double secondsMax) =>
        Task.Delay(TimeSpan.FromSeconds(0.05 + secondsMax * world.Random.NextDouble()), world.Clock);

    private static ValueTask<DnsAnswer> KnowNothingAsync(string name, DnsRecordType type, CancellationToken cancellation) =>
        ValueTask.FromResult<DnsAnswer>(new DnsAnswer.NxDomain());
}
