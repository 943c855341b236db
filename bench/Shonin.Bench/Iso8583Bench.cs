using System.Diagnostics;
using System.Text;
using Shonin.Iso8583;

namespace Shonin.Bench;

/// <summary>
/// A 0100 of 20 fields, built from its values, written, read, and asked for the fields that one looks at first. Beside it npm's iso_8583
/// with the same fields, each message an object of its own on both sides, and the machine's limit, the copying of the same bytes. What is
/// read can also go into one message that is there, which npm's has no way for; whatever that allocates is beside the message and its fields.
/// Rates are per second of processor time. Both sides take turns, and of each the best window counts, so that other work on the machine
/// matters less.
/// </summary>
public static class Iso8583Bench
{
    private const int TurnCount = 5;
    private const int StepCount = 500;
    private static readonly TimeSpan window = TimeSpan.FromMilliseconds(100); // As in the script: garbage is collected in each.
    private const int Stan = 123_456;
    private const string Unit = "messages a CPU second";
    private const string NpmName = "npm iso_8583: build, write and read it";

    /// <param name="each">How long each figure is measured, over all turns.</param>
    public static async Task<IReadOnlyList<Figure>> MeasureAsync(TimeSpan each)
    {
        var turn = each / TurnCount;
        using var npm = await NpmPeer.InstallAsync("iso_8583", ("fields.txt", FieldsFile()));
        var sides = new[] { new Side(WireEncoding.Ascii), new Side(WireEncoding.Binary) };
        var npmRate = 0.0;
        for (var index = 0; index < TurnCount; index++)
        {
            npmRate = Math.Max(npmRate, await npm.PerSecondAsync(turn));
            foreach (var side in sides)
                side.Measure(turn);
        }
        return [new(NpmName, npmRate, Unit), .. sides.SelectMany(side => side.Figures(npmRate))];
    }

    /// <summary>Ours in one encoding.</summary>
    private sealed class Side
    {
        private readonly string encoding;
        private readonly MessageFormat format;
        private readonly byte[] buffer = new byte[Frame.MessageBytesMax];
        private readonly byte[] bytes;
        private readonly byte[] copy;
        private readonly Message kept = new(Mti.Unreadable);
        private double copying;
        private double all;
        private double allAgain;
        private double reading;
        private double readingAgain;

        public Side(WireEncoding encoding)
        {
            this.encoding = encoding.ToString().ToLowerInvariant();
            format = MessageFormat.Profile(encoding);
            bytes = buffer[..Written(format.Write(NewRequest(Stan), buffer))];
            copy = new byte[bytes.Length];
        }

        public void Measure(TimeSpan turn)
        {
            all = Math.Max(all, PerSecond(turn, stan => Asked(format.Parse(BuiltAndWritten(stan)))));
            allAgain = Math.Max(allAgain, PerSecond(turn, stan => Asked(format.Parse(BuiltAndWritten(stan), kept))));
            copying = Math.Max(copying, PerSecond(turn, _ => Copied()));
            reading = Math.Max(reading, PerSecond(turn, _ => Asked(format.Parse(bytes))));
            readingAgain = Math.Max(readingAgain, PerSecond(turn, _ => Asked(format.Parse(bytes, kept))));
        }

        public IEnumerable<Figure> Figures(double npmRate)
        {
            var limitName = $"memory: copy the {bytes.Length} bytes, {encoding}";
            var request = $"a 0100 of {NewRequest(Stan).Fields.Count} fields, {encoding}";
            yield return new(limitName, copying, Unit);
            yield return new($"iso8583: build, write and read {request}", all, Unit, limitName, copying, all / copying);
            yield return BesideNpm($"iso8583 beside npm iso_8583, {encoding}", all, npmRate);
            yield return BesideNpm($"iso8583, reading into one message, beside npm, {encoding}", allAgain, npmRate);
            yield return new($"iso8583: read it, {encoding}", reading, Unit, limitName, copying, reading / copying);
            yield return new(
                $"iso8583: read it into one message, {encoding}",
                readingAgain,
                Unit,
                limitName,
                copying,
                readingAgain / copying
            );
            yield return new(
                $"iso8583: allocated to build, write and read it, {encoding}",
                Allocated(stan => Asked(format.Parse(BuiltAndWritten(stan)))),
                "bytes"
            );
            yield return new(
                $"iso8583: allocated to read it, beside the message, {encoding}",
                Allocated(_ => Asked(format.Parse(bytes, kept))),
                "bytes"
            );
        }

        private static Figure BesideNpm(string name, double rate, double npmRate) =>
            new(name, rate, Unit, NpmName, npmRate, npmRate > 0 ? rate / npmRate : null);

        private ReadOnlySpan<byte> BuiltAndWritten(int stan) => buffer.AsSpan(0, Written(format.Write(NewRequest(stan), buffer)));

        private int Copied()
        {
            bytes.AsSpan().CopyTo(copy);
            return copy[^1];
        }
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

    /// <summary>The same request for the script: a field a line, number, tab, value in its full length. The type has number 0.</summary>
    private static byte[] FieldsFile()
    {
        var format = MessageFormat.Profile(WireEncoding.Ascii);
        var buffer = new byte[Frame.MessageBytesMax];
        var request = Whole(format.Parse(buffer.AsSpan(0, Written(format.Write(NewRequest(Stan), buffer)))));
        var lines = request.Fields.Select(field => $"{field}\t{Encoding.ASCII.GetString(request.Bytes(field))}");
        return Encoding.ASCII.GetBytes(string.Join('\n', lines.Prepend($"0\t{request.Mti}")));
    }

    private static double PerSecond(TimeSpan turn, Func<int, int> step)
    {
        var started = Stopwatch.GetTimestamp();
        var best = 0.0;
        do best = Math.Max(best, PerSecondOfOneWindow(step));
        while (Stopwatch.GetElapsedTime(started) < turn);
        return best;
    }

    private static double PerSecondOfOneWindow(Func<int, int> step)
    {
        long count = 0;
        var started = Stopwatch.GetTimestamp();
        var cpuBefore = Environment.CpuUsage.TotalTime;
        do
        {
            for (var index = 0; index < StepCount; index++)
                step(index + 1);
            count += StepCount;
        } while (Stopwatch.GetElapsedTime(started) < window);
        return count / (Environment.CpuUsage.TotalTime - cpuBefore).TotalSeconds;
    }

    private static double Allocated(Func<int, int> step)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var index = 0; index < StepCount; index++)
            step(index + 1);
        return (double)(GC.GetAllocatedBytesForCurrentThread() - before) / StepCount;
    }

    private static int Written(WriteResult result) =>
        result is WriteResult.Written written ? written.ByteCount : throw new InvalidOperationException($"{result}");

    private static Message Whole(ParseResult result) =>
        result is ParseResult.Parsed parsed ? parsed.Message : throw new InvalidOperationException($"{result}");

    /// <summary>What finds the card, the amount and the request, as the script asks for it too.</summary>
    private static int Asked(ParseResult result)
    {
        var message = Whole(result);
        return message.Bytes(2).Length
            + (int)(message.Number(4) ?? 0)
            + (int)(message.Number(11) ?? 0)
            + message.Bytes(37).Length
            + message.Bytes(41).Length;
    }
}
