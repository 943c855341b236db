using System.Runtime.CompilerServices;

namespace Shonin.Verbs.Mail;

/// <summary>One line of a file of cases.</summary>
/// <param name="Number">Beginning with 1.</param>
internal abstract record CaseLine(long Number)
{
    public sealed record Whole(long Number, ReadOnlyMemory<byte> Bytes) : CaseLine(Number);

    /// <summary>Its bytes were passed over.</summary>
    public sealed record TooLong(long Number) : CaseLine(Number);
}

/// <summary>Takes a file of lines apart without holding more of it than one line.</summary>
internal static class CaseLines
{
    /// <summary>Lines that hold anything, without their ends; a byte order mark before the first is passed over.</summary>
    public static async IAsyncEnumerable<CaseLine> ReadAsync(
        Stream stream,
        int lengthMax,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var chunk = new byte[64 * 1024];
        var line = new MemoryStream();
        var isTooLong = false;
        var number = 1L;
        while (await stream.ReadAsync(chunk, cancellation) is var count and > 0)
        {
            for (var rest = chunk.AsMemory(0, count); !rest.IsEmpty; )
            {
                var end = rest.Span.IndexOf((byte)'\n');
                var part = end < 0 ? rest : rest[..end];
                isTooLong |= line.Length + part.Length > lengthMax;
                if (!isTooLong)
                    line.Write(part.Span);
                rest = rest[(end < 0 ? rest.Length : end + 1)..];
                if (end < 0)
                    continue;
                if (Line(number, line, isTooLong) is { } whole)
                    yield return whole;
                (line, isTooLong, number) = (new MemoryStream(), false, number + 1);
            }
        }
        if (Line(number, line, isTooLong) is { } last)
            yield return last;
    }

    private static CaseLine? Line(long number, MemoryStream line, bool isTooLong)
    {
        if (isTooLong)
            return new CaseLine.TooLong(number);
        ReadOnlyMemory<byte> bytes = line.GetBuffer().AsMemory(0, (int)line.Length);
        if (number == 1 && bytes.Span.StartsWith("\ufeff"u8))
            bytes = bytes["\ufeff"u8.Length..];
        return bytes.Span.Trim(" \t\r"u8).IsEmpty ? null : new CaseLine.Whole(number, bytes);
    }
}
