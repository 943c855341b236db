using System.Globalization;
using System.Text;
using Shonin.Domain.Hours;
using Shonin.EventLog.Secrets;
using Shonin.Operations;

namespace Shonin.Hours;

/// <summary>
/// Holidays and special days, in a file that the merchant keeps in a spreadsheet. It is looked at every few seconds. One that cannot be
/// read whole changes nothing until it is mended; only at a start, where there is nothing of before, the lines that can be read hold.
/// </summary>
internal sealed class HolidaysFile(string folder, ShopHours hours, ServerHealth health, TimeProvider clock, ILogger log)
{
    public const string Name = "holidays.csv";

    private const int FileSizeBytesMax = 256 * 1024; // The most lines, with long names.
    private const int FaultsTold = 5;
    private static readonly TimeSpan lookEvery = TimeSpan.FromSeconds(5);

    private readonly string path = Path.Combine(folder, Name);
    private (DateTime WrittenAt, long SizeBytes)? seen;
    private bool hasHeld;

    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(lookEvery, clock);
        try
        {
            do Look();
            while (await timer.WaitForNextTickAsync(cancellation));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The server ends.
        }
    }

    /// <summary>Takes over what has changed.</summary>
    public void Look()
    {
        var file = new FileInfo(path);
        (DateTime, long)? stamp = file.Exists ? (file.LastWriteTimeUtc, file.Length) : null;
        if (stamp == seen)
            return;
        try
        {
            Take(stamp is null ? new(SpecialDays.None, []) : Read(path));
            seen = stamp;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            seen = stamp;
            Tell($"{Name} cannot be read: {unreadable.Message}");
        }
    }

    /// <summary>What the file in this folder says; null where there is none.</summary>
    public static SpecialDaysReading? In(string folder) => Path.Combine(folder, Name) is var path && File.Exists(path) ? Read(path) : null;

    /// <summary>The faults, a line each.</summary>
    public static IEnumerable<string> Describe(SpecialDaysReading reading) =>
        reading
            .Faults.Take(FaultsTold)
            .Select(fault => string.Create(CultureInfo.InvariantCulture, $"{Name}, line {fault.Line}: {fault.What}"))
            .Concat(
                reading.Faults.Length > FaultsTold
                    ?
                    [
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{Name}: {reading.Faults.Length - FaultsTold} more lines cannot be read"
                        ),
                    ]
                    : []
            );

    private void Take(SpecialDaysReading reading)
    {
        if (reading.Faults.IsEmpty || !hasHeld)
        {
            hours.Keep(reading.Days);
            hasHeld = true;
            log.LogInformation("{Name}: {Count} holidays and special days", Name, reading.Days.Count);
        }
        if (reading.Faults.IsEmpty)
        {
            health.Clear(HealthArea.OpeningHours, Name);
            return;
        }
        foreach (var fault in Describe(reading))
            log.LogError("{Fault}", fault);
        Tell(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Name}: {reading.Faults.Length} lines cannot be read, the first is line {reading.Faults[0].Line}. What held before holds on, or after a start the other lines. The server's log says what to write; the file is read again when it changes."
            )
        );
    }

    private void Tell(string what)
    {
        log.LogError("{What}", what);
        health.Note(HealthArea.OpeningHours, Name, what);
    }

    /// <summary>Bytes that are no UTF-8 become a sign that the lines are refused for.</summary>
    private static SpecialDaysReading Read(string path)
    {
        using var file = OwnerOnly.OpenToRead(path);
        var bytes = new byte[FileSizeBytesMax + 1];
        var sizeBytes = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return sizeBytes > FileSizeBytesMax
            ? new(SpecialDays.None, [new(1, $"the file is larger than {FileSizeBytesMax / 1024} KiB: take out past years")])
            : SpecialDays.Parse(Encoding.UTF8.GetString(bytes.AsSpan(0, sizeBytes)));
    }
}
