using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Shonin.MailChecks;

namespace Shonin.Screens;

/// <summary>A mail that somebody is looking at the verdict of.</summary>
/// <param name="Raw">As it was brought.</param>
/// <param name="ReportNumber">The number of its report, or null while it is not reported.</param>
internal sealed record HeldMail(byte[] Raw, MailCheckResult Result, DateTimeOffset EndsAt, string? ReportNumber)
{
    /// <summary>Taken by whoever reports it: pressed twice, it is one report.</summary>
    public Lock Reporting { get; } = new();
}

/// <summary>
/// Mails between their verdict and the page's end: in memory alone, each under a random name that nobody else has, for half an hour at
/// most. When there is no room the one that has waited longest goes; a restart lets all go.
/// </summary>
internal sealed class HeldMails : IDisposable
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);

    private const int CountMax = 1_000;
    private const long SizeBytesMax = 256 * 1024 * 1024;
    private const int NameSizeBytes = 16;

    /// <summary>So that a mail is gone at its time, and not only when the next one comes.</summary>
    private static readonly TimeSpan sweepEvery = TimeSpan.FromMinutes(1);

    private readonly TimeProvider clock;
    private readonly ITimer sweeping;
    private readonly Lock gate = new();
    private readonly Dictionary<string, HeldMail> held = [];
    private readonly Queue<string> byAge = new();
    private long sizeBytes;

    public HeldMails(TimeProvider clock)
    {
        this.clock = clock;
        sweeping = clock.CreateTimer(_ => Sweep(), null, sweepEvery, sweepEvery);
    }

    /// <summary>Takes the mail and its bytes, and gives the name under which it is found.</summary>
    public string Hold(byte[] raw, MailCheckResult result)
    {
        var name = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(NameSizeBytes));
        lock (gate)
        {
            LetGoWhere(mail => mail.EndsAt <= clock.GetUtcNow());
            while (byAge.Count > 0 && (held.Count >= CountMax || sizeBytes + raw.Length > SizeBytesMax))
                LetGo(byAge.Dequeue());
            held[name] = new(raw, result, clock.GetUtcNow() + Lifetime, null);
            byAge.Enqueue(name);
            sizeBytes += raw.Length;
        }
        return name;
    }

    public HeldMail? Find(string name)
    {
        lock (gate)
            return Running(name, out var mail) ? mail : null;
    }

    /// <summary>Puts another verdict, or a report's number, beside the same bytes; nothing where the mail is gone.</summary>
    public void Change(string name, Func<HeldMail, HeldMail> change)
    {
        lock (gate)
            if (Running(name, out var mail))
                held[name] = change(mail) with { Raw = mail.Raw, EndsAt = mail.EndsAt };
    }

    public void LetGo(string name)
    {
        lock (gate)
        {
            if (held.Remove(name, out var mail))
                sizeBytes -= mail.Raw.Length;
        }
    }

    public void Dispose()
    {
        sweeping.Dispose();
        lock (gate)
            LetGoWhere(_ => true);
    }

    private void Sweep()
    {
        lock (gate)
            LetGoWhere(mail => mail.EndsAt <= clock.GetUtcNow());
    }

    private bool Running(string name, [NotNullWhen(true)] out HeldMail? mail) => held.TryGetValue(name, out mail) && mail.EndsAt > clock.GetUtcNow();

    /// <summary>The oldest stand first, and all live equally long.</summary>
    private void LetGoWhere(Predicate<HeldMail> isOver)
    {
        while (byAge.TryPeek(out var name) && (!held.TryGetValue(name, out var mail) || isOver(mail)))
            LetGo(byAge.Dequeue());
    }
}
