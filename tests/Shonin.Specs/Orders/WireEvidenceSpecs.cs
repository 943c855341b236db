using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Shonin.CardNetwork.Link;
using Shonin.Orders;

namespace Shonin.Specs.Orders;

[RealParts]
public sealed class WireEvidenceSpecs : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("shonin-evidence-");
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 11, 24, 1, 0, 0, TimeSpan.Zero));

    private string Current => Path.Combine(folder.FullName, "wire-evidence.jsonl");
    private string Before => Path.Combine(folder.FullName, "wire-evidence.1.jsonl");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData(3, 3, 0)]
    [InlineData(4, 3, 1)]
    [InlineData(1_000, 3, 997)]
    public async Task Lines_beyond_the_limit_of_an_hour_are_counted_and_the_next_hour_begins_anew(int sent, int kept, int counted)
    {
        using (var evidence = Open(new() { LinesMax = 3 }))
        {
            for (var index = 0; index < sent; index++)
                await evidence.KeepAsync(Evidence());
            Assert.Equal(kept, Lines(Current).Length);
            clock.Advance(TimeSpan.FromHours(1));
            await evidence.KeepAsync(Evidence());
        }
        var lines = Lines(Current);
        Assert.Equal(kept + (counted > 0 ? 1 : 0) + 1, lines.Length);
        Assert.Equal(counted, lines.Sum(line => line.TryGetProperty("countedOnlyCount", out var count) ? count.GetInt32() : 0));
    }

    [Fact]
    public async Task A_full_file_makes_room_and_the_newest_are_kept_within_twice_its_size()
    {
        var lineSizeBytes = 0L;
        using (var evidence = Open(new()))
        {
            await evidence.KeepAsync(Evidence());
            lineSizeBytes = new FileInfo(Current).Length;
        }
        File.Delete(Current);
        using (var evidence = Open(new() { FileSizeBytesMax = 2 * lineSizeBytes }))
        {
            for (var index = 0; index < 2; index++)
                await evidence.KeepAsync(Evidence());
            Assert.False(File.Exists(Before));
            for (var index = 0; index < 3; index++)
                await evidence.KeepAsync(Evidence());
        }
        Assert.Equal((2, 1), (Lines(Before).Length, Lines(Current).Length));
    }

    [Fact]
    public async Task What_was_only_counted_is_written_when_the_merchant_stops()
    {
        using (var evidence = Open(new() { LinesMax = 1 }))
        {
            await evidence.KeepAsync(Evidence());
            await evidence.KeepAsync(Evidence());
        }
        Assert.Equal(1, Lines(Current)[^1].GetProperty("countedOnlyCount").GetInt32());
    }

    private WireEvidence Open(EvidenceLimits limits) => WireEvidence.Open(Current, limits, clock, NullLogger.Instance);

    private LinkEvidence Evidence() =>
        new(
            clock.GetUtcNow(),
            LinkEvidenceKind.Unparsable,
            "DE 2: not digits",
            SizeBytes: 10,
            Digest: new string('0', 64),
            MaskedParse: "0110"
        );

    private static JsonElement[] Lines(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        return
        [
            .. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement),
        ];
    }
}
