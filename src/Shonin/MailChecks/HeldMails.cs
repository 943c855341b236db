using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Shonin.Web;

namespace Shonin.MailChecks;

/// <summary>A mail that somebody is looking at the verdict of.</summary>
/// <param name="Raw">As it was brought.</param>
/// <param name="ReportNumber">The number of its report, or null while it is not reported.</param>
internal sealed record HeldMail(byte[] Raw, MailCheckResult Result, DateTimeOffset EndsAt, string? ReportNumber);

/// <summary>
/// Mails between their verdict and the page's end: in memory alone, each under a random name that nobody else has, for half an hour at
/// most. When there is no room whoever comes new is not held, and one party has a small part of the room only: no mail goes for another's
/// sake. A restart lets all go.
/// </summary>
internal sealed class HeldMails : IDisposable
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);

    private const int CountMax = 1_000;
    private const int CountOfOnePartyMax = 100;
    private const long SizeBytesMax = 256 * 1024 * 1024;
    private const long SizeOfOnePartyBytesMax = SizeBytesMax / 16;
    private const int NameSizeBytes = 16;

    /// <summary>So that a mail is gone at its time, and not only when the next one comes.</summary>
    private static readonly TimeSpan sweepEvery = TimeSpan.FromMinutes(1);

    private readonly TimeProvider clock;
    private readonly ITimer sweeping;
    private readonly Lock gate = new();
    private readonly Dictionary<string, (HeldMail Mail, Room Room)> held = [];
    private readonly Shares places = new(CountMax, CountOfOnePartyMax);
    private readonly Shares bytes;

    /// <param name="mailSizeBytesMax">The largest mail; one party has room for one at least.</param>
    public HeldMails(int mailSizeBytesMax, TimeProvider clock)
    {
        bytes = new(SizeBytesMax, Math.Max(SizeOfOnePartyBytesMax, mailSizeBytesMax));
        this.clock = clock;
        sweeping = clock.CreateTimer(_ => Sweep(), null, sweepEvery, sweepEvery);
    }

    /// <summary>
    /// Room for a mail of this party, before it is judged; null where there is none. Whoever does not hold the mail gives it back.
    /// </summary>
    public Room? TryReserve(string party, int sizeBytes)
    {
        Sweep();
        var place = places.TryTake(party, 1);
        if (place is null)
            return null;
        if (bytes.TryTake(party, sizeBytes) is { } size)
            return new(place, size);
        place.Dispose();
        return null;
    }

    /// <summary>Takes the mail and its bytes into that room, and gives the name under which it is found.</summary>
    public string Hold(Room room, byte[] raw, MailCheckResult result)
    {
        var name = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(NameSizeBytes));
        lock (gate)
            held[name] = (new(raw, result, clock.GetUtcNow() + Lifetime, null), room.Keep());
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
        {
            if (Running(name, out var mail))
                held[name] = held[name] with { Mail = change(mail) with { Raw = mail.Raw, EndsAt = mail.EndsAt } };
        }
    }

    public void LetGo(string name)
    {
        lock (gate)
        {
            if (held.Remove(name, out var gone))
                gone.Room.Dispose();
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

    private bool Running(string name, [NotNullWhen(true)] out HeldMail? mail)
    {
        mail = held.TryGetValue(name, out var found) && found.Mail.EndsAt > clock.GetUtcNow() ? found.Mail : null;
        return mail is not null;
    }

    private void LetGoWhere(Predicate<HeldMail> isOver)
    {
        foreach (var (name, (mail, _)) in held)
        {
            if (isOver(mail))
                LetGo(name);
        }
    }

    /// <summary>A place and its bytes. Disposing gives them back, unless a mail has been put there.</summary>
    internal sealed class Room(Shares.Share place, Shares.Share size) : IDisposable
    {
        private Room? kept;

        public Room Keep() => kept = new(place, size);

        public void Dispose()
        {
            if (kept is not null)
                return;
            place.Dispose();
            size.Dispose();
        }
    }
}
