using System.Diagnostics;
using Shonin.Iso8583;

namespace Shonin.Bench;

/// <summary>
/// A 0100 of 20 fields, written and read. The machine's limit beside it is the copying of the same bytes. To compare with npm's iso_8583 on
/// the same core, pack and unpack the same fields with it: it builds its own objects, so only the ratio of the two rates means anything.
/// Rates are per second of CPU, as npm's are measured.
/// </summary>
public static class Iso8583Bench
{
    private const int RoundCount = 5;
    private const int StepCount = 1_000;

    /// <param name="each">How long each figure is measured, over all rounds; the best round counts.</param>
    public static Task<IReadOnlyList<Figure>> MeasureAsync(TimeSpan each)
    {
        var figures = new List<Figure>();
        foreach (var encoding in new[] { WireEncoding.Ascii, WireEncoding.Binary })
            figures.AddRange(Measure(MessageFormat.Profile(encoding), encoding.ToString().ToLowerInvariant(), each));
        return Task.FromResult<IReadOnlyList<Figure>>(figures);
    }

    private static IEnumerable<Figure> Measure(MessageFormat format, string encoding, TimeSpan each)
    {
        var buffer = new byte[Frame.MessageBytesMax];
        var size = Written(format.Write(NewRequest(1), buffer));
        var bytes = buffer.AsMemory(0, size).ToArray();
        var copy = new byte[size];

        var both = Best(each, step => Written(format.Write(NewRequest(step), buffer)) + Read(format.Parse(buffer.AsMemory(0, size))));
        var reading = Best(each, _ => Read(format.Parse(bytes)));
        var copying = Best(each, _ =>
        {
            bytes.AsSpan().CopyTo(copy);
            return copy[^1];
        });
        var limitName = $"memory: copy the {size} bytes, {encoding}";
        yield return new(limitName, copying, "messages a CPU second");
        yield return new(
            $"iso8583: write and read a 0100 of {NewRequest(1).Fields.Count} fields, {encoding}",
            both,
            "messages a CPU second",
            limitName,
            copying,
            both / copying
        );
        yield return new($"iso8583: read it, {encoding}", reading, "messages a CPU second", limitName, copying, reading / copying);
        yield return new($"iso8583: allocated a message written and read, {encoding}", AllocatedBytes(format, buffer, size), "bytes");
    }

    private static Message NewRequest(int stan) =>
        new Message(Mti.Parse("0100"))
            .Set(2, "4761739001010119")
            .Set(3, "000000")
            .Set(4, 5000)
            .Set(7, "0911131411")
            .Set(11, stan % 1_000_000)
            .Set(12, "131411")
            .Set(13, "0911")
            .Set(14, "2712")
            .Set(18, "5411")
            .Set(22, "812")
            .Set(25, "59")
            .Set(32, "423935")
            .Set(37, "123456789012")
            .Set(41, "TERM0001")
            .Set(42, "MERCHANT0000001")
            .Set(43, "ACME STORES GMBH         BERLIN       DE")
            .Set(48, "2002C0")
            .Set(49, "978")
            .Set(62, "N1001")
            .Set(63, "TX0001");

    private static double Best(TimeSpan each, Func<int, int> step)
    {
        var best = 0.0;
        for (var round = 0; round < RoundCount; round++)
        {
            long count = 0;
            var started = Stopwatch.GetTimestamp();
            var cpuBefore = Environment.CpuUsage.TotalTime;
            do
            {
                for (var index = 0; index < StepCount; index++)
                    step(index + 1);
                count += StepCount;
            } while (Stopwatch.GetElapsedTime(started) < each / RoundCount);
            best = Math.Max(best, count / (Environment.CpuUsage.TotalTime - cpuBefore).TotalSeconds);
        }
        return best;
    }

    private static double AllocatedBytes(MessageFormat format, byte[] buffer, int size)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var index = 0; index < StepCount; index++)
        {
            format.Write(NewRequest(index + 1), buffer);
            Read(format.Parse(buffer.AsMemory(0, size)));
        }
        return (double)(GC.GetAllocatedBytesForCurrentThread() - before) / StepCount;
    }

    private static int Written(WriteResult result) =>
        result is WriteResult.Written written ? written.ByteCount : throw new InvalidOperationException($"{result}");

    private static int Read(ParseResult result) =>
        result is ParseResult.Parsed parsed ? parsed.Message.Fields.Count : throw new InvalidOperationException($"{result}");
}
